using Microsoft.ML.OnnxRuntime;

namespace ModelServer.Encoders;

/// <summary>The tensors of one shape over a worker's buffers, and where the outputs' places are known, their prepared binding: running it allocates nothing.</summary>
internal sealed class EncoderBinding(OrtValue[] inputs) : IDisposable
{
    private OrtValue[] _outputs = [];

    public OrtValue[] Inputs => inputs;

    /// <summary>Null until <see cref="Bind"/>.</summary>
    public OrtIoBinding? Prepared { get; private set; }

    /// <summary>Prepares runs that write into <paramref name="outputs"/>, which this owns from here on.</summary>
    public void Bind(InferenceSession session, string[] inputNames, string[] outputNames, OrtValue[] outputs)
    {
        _outputs = outputs;
        var binding = session.CreateIoBinding();
        try
        {
            for (var i = 0; i < inputs.Length; i++) binding.BindInput(inputNames[i], inputs[i]);
            for (var i = 0; i < outputs.Length; i++) binding.BindOutput(outputNames[i], outputs[i]);
        }
        catch
        {
            binding.Dispose();
            throw;
        }

        Prepared = binding;
    }

    public void Dispose()
    {
        Prepared?.Dispose();
        foreach (var output in _outputs) output.Dispose();
        foreach (var input in inputs) input.Dispose();
    }
}

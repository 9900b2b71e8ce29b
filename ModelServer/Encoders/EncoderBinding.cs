using Microsoft.ML.OnnxRuntime;

namespace ModelServer.Encoders;

/// <summary>The tensors of one shape over a worker's buffers, and where the output's place is known, their prepared binding: running it allocates nothing.</summary>
internal sealed class EncoderBinding(OrtValue[] inputs) : IDisposable
{
    private OrtValue? _output;

    public OrtValue[] Inputs => inputs;

    /// <summary>Null until <see cref="Bind"/>.</summary>
    public OrtIoBinding? Prepared { get; private set; }

    /// <summary>Prepares runs that write into <paramref name="output"/>, which this owns from here on.</summary>
    public void Bind(InferenceSession session, string[] inputNames, string outputName, OrtValue output)
    {
        _output = output;
        var binding = session.CreateIoBinding();
        try
        {
            for (var i = 0; i < inputs.Length; i++) binding.BindInput(inputNames[i], inputs[i]);
            binding.BindOutput(outputName, output);
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
        _output?.Dispose();
        foreach (var input in inputs) input.Dispose();
    }
}

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.Batching;
using ModelServer.Models;

namespace ModelServer.Inference;

/// <summary>One loaded encoder graph. Runs are synchronous and may overlap; each caller brings its own <see cref="BatchBuffers"/>.</summary>
internal sealed class EncoderSession : IDisposable
{
    private static readonly string[] KnownInputs = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];
    private readonly InferenceSession _session;
    private readonly string[] _inputs;
    private readonly TensorElementType[] _inputTypes;
    private readonly string[] _outputs;
    private readonly int _padTokenId;
    private readonly RowReader _readRow;

    /// <param name="path">The ONNX file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="output">The output that a run returns, such as <c>logits</c>; the only output if the graph has one.</param>
    /// <param name="padTokenId">What fills the end of shorter rows; masked out, so that it never changes a result.</param>
    /// <param name="readRow">What to make of each row of the output.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can feed.</exception>
    public EncoderSession(string path, ExecutionDevice device, string output, int padTokenId, RowReader readRow)
    {
        (_padTokenId, _readRow) = (padTokenId, readRow);
        try
        {
            using var options = device.CreateSessionOptions();
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException($"{Path.GetFileName(path)} is not a graph that the engine can load.", e);
        }

        _inputs = [.. _session.InputMetadata.Keys];
        _inputTypes = [.. _session.InputMetadata.Values.Select(m => m.ElementDataType)];
        if (_inputs.Except(KnownInputs).FirstOrDefault() is { } unknown) throw Refused($"The graph asks for the input '{unknown}', which an encoder does not have.");
        if (!_inputs.Contains("input_ids")) throw Refused("The graph has no input 'input_ids'.");
        if (_inputTypes.Any(t => t is not (TensorElementType.Int64 or TensorElementType.Int32))) throw Refused("The graph's inputs must be int64 or int32.");
        _outputs = [SelectOutput(output)];
    }

    /// <summary>The last dimension of the output, or null when the graph leaves it open.</summary>
    public int? OutputWidth => _session.OutputMetadata[_outputs[0]].Dimensions is [.., > 0 and var width] ? width : null;

    /// <summary>Runs one padded batch and reads each row's part of the output.</summary>
    public float[][] Run(Batch batch, BatchBuffers buffers)
    {
        buffers.Fill(batch.Sequences, _padTokenId);
        var inputs = new OrtValue[_inputs.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++) inputs[i] = buffers.Tensor(_inputs[i], _inputTypes[i]);
            using var outputs = _session.Run(batch.RunOptions, _inputs, inputs, _outputs);
            return Read(outputs[0], batch.Sequences);
        }
        finally
        {
            foreach (var input in inputs) input?.Dispose();
        }
    }

    public void Dispose() => _session.Dispose();

    private float[][] Read(OrtValue output, IReadOnlyList<Sequence> rows)
    {
        var info = output.GetTensorTypeAndShape();
        var shape = info.Shape;
        if (shape.Length is not (2 or 3) || shape[0] != rows.Count) throw new InvalidOperationException("The graph's output does not have a row for each input row.");
        var values = info.ElementDataType == TensorElementType.Float16
            ? Array.ConvertAll(output.GetTensorDataAsSpan<Float16>().ToArray(), static h => (float)h)
            : output.GetTensorDataAsSpan<float>();
        var stride = values.Length / rows.Count;
        var result = new float[rows.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            var tokens = rows[i].Ids.Length;
            var width = shape.Length == 3 ? tokens * (int)shape[2] : stride;
            result[i] = _readRow(values.Slice(i * stride, width), tokens);
        }

        return result;
    }

    private string SelectOutput(string wanted)
    {
        var names = _session.OutputMetadata.Keys.ToArray();
        if (names.Contains(wanted)) return wanted;
        return names is [var only] ? only : throw Refused($"The graph has no output '{wanted}'.");
    }

    private ModelLoadException Refused(string message)
    {
        _session.Dispose();
        return new ModelLoadException(message);
    }
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
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
    /// <param name="output">Which output a run returns.</param>
    /// <param name="padTokenId">What fills the end of shorter rows; masked out, so that it never changes a result.</param>
    /// <param name="readRow">What to make of each row of the output.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can feed.</exception>
    public EncoderSession(string path, ExecutionDevice device, OutputChoice output, int padTokenId, RowReader readRow)
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

        try
        {
            (_inputs, _inputTypes) = CheckInputs(_session.InputMetadata);
            _outputs = [output.Select(_session.OutputMetadata)];
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

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
        var values = info.ElementDataType == TensorElementType.Float16 ? Widen(output.GetTensorDataAsSpan<Float16>()) : output.GetTensorDataAsSpan<float>();
        var (stride, isPerToken) = (values.Length / rows.Count, shape.Length == 3);
        var result = new float[rows.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            var tokens = rows[i].Ids.Length;
            var length = isPerToken ? tokens * (int)shape[2] : stride;
            result[i] = _readRow(new(values.Slice(i * stride, length), tokens, isPerToken));
        }

        return result;
    }

    private static float[] Widen(ReadOnlySpan<Float16> halves)
    {
        var values = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(halves), values);
        return values;
    }

    private static (string[] Names, TensorElementType[] Types) CheckInputs(IReadOnlyDictionary<string, NodeMetadata> inputs)
    {
        string[] names = [.. inputs.Keys];
        TensorElementType[] types = [.. inputs.Values.Select(m => m.ElementDataType)];
        if (names.Except(KnownInputs).FirstOrDefault() is { } unknown)
            throw new ModelLoadException($"The graph asks for the input '{unknown}', which an encoder does not have.");
        if (!names.Contains("input_ids")) throw new ModelLoadException("The graph has no input 'input_ids'.");
        if (types.Any(t => t is not (TensorElementType.Int64 or TensorElementType.Int32))) throw new ModelLoadException("The graph's inputs must be int64 or int32.");
        return (names, types);
    }
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Encoders;

/// <summary>One loaded encoder graph. Runs are synchronous and may overlap; each thread brings its own <see cref="EncoderBuffers"/>, which it frees before
/// this is.</summary>
internal sealed class EncoderSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly string[] _outputs;
    private readonly int _padTokenId;
    private readonly int _firstPosition;
    private readonly RowReader _readRow;

    /// <summary>A binding copies inputs to another device when it is made, not when it is run: what is written into them later would not be seen.</summary>
    private readonly bool _isBindable;

    /// <summary>Written by whichever thread runs first, always alike; null until then, and for ever where the output does not follow from the inputs.</summary>
    private EncoderOutput? _output;

    /// <param name="path">The ONNX file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="output">Which output a run returns.</param>
    /// <param name="padTokenId">What fills the end of shorter rows; masked out, so that it never changes a result.</param>
    /// <param name="readRow">What to make of each row of the output.</param>
    /// <param name="firstPosition">The position of a row's first token, for a graph that asks for positions.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can feed.</exception>
    public EncoderSession(string path, ExecutionDevice device, OutputChoice output, int padTokenId, RowReader readRow, int firstPosition = 0)
    {
        _padTokenId = padTokenId;
        _firstPosition = firstPosition;
        _readRow = readRow;
        _isBindable = !device.IsGpu;
        try
        {
            using var options = device.CreateSessionOptions();
            _session = new InferenceSession(path, options);
        }
        catch (OnnxRuntimeException e)
        {
            throw Unloadable(path, e);
        }

        try
        {
            Inputs = EncoderInputs.Of(_session.InputMetadata);
            _outputs = [output.Select(_session.OutputMetadata)];
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    public EncoderInputs Inputs { get; }

    /// <summary>Whether its numbers come as float16.</summary>
    public bool IsHalf => _session.OutputMetadata[_outputs[0]].ElementDataType == TensorElementType.Float16;

    /// <summary>Memory for the runs of one thread.</summary>
    /// <param name="padTokenId">Another filling than the session's.</param>
    public EncoderBuffers CreateBuffers(int? padTokenId = null) => new(Inputs, padTokenId ?? _padTokenId, _firstPosition);

    /// <summary>Runs one padded batch and reads each row's part of the output.</summary>
    public float[][] Run(Batch batch, EncoderBuffers buffers)
    {
        if (TryRunBound(batch, buffers, out var binding)) return Read(buffers, batch.Sequences, _output!);
        using var outputs = batch.Run.Run(_session, Inputs.Names, binding.Inputs, _outputs);
        return ReadFirst(outputs[0], batch.Sequences, buffers.Columns);
    }

    /// <summary>Fills the buffers and, once the form of the output is known, runs what is in them; for a shape run before, without allocating.</summary>
    internal bool TryRunBound(Batch batch, EncoderBuffers buffers, out EncoderBinding binding)
    {
        binding = buffers.Fill(batch.Sequences);
        if (Volatile.Read(ref _output) is not { } output) return false;
        if (binding.Prepared is null) binding.Bind(_session, Inputs.Names, _outputs[0], buffers.Output(output, batch.Sequences.Count));
        batch.Run.Run(_session, binding.Prepared!);
        return true;
    }

    public void Dispose() => _session.Dispose();

    private float[][] Read(EncoderBuffers buffers, IReadOnlyList<EncoderSequence> rows, EncoderOutput output)
    {
        var count = rows.Count * output.Width * (output.IsPerToken ? buffers.Columns : 1);
        var values = output.Type == TensorElementType.Float16 ? Widen(buffers.Written<Half>(count)) : buffers.Written<float>(count);
        return Read(values, rows, output.Width, output.IsPerToken);
    }

    /// <summary>Reads an output in the engine's own memory, and learns its form where the next runs can be bound to ours.</summary>
    private float[][] ReadFirst(OrtValue value, IReadOnlyList<EncoderSequence> rows, int columns)
    {
        var info = value.GetTensorTypeAndShape();
        var shape = info.Shape;
        if (shape.Length is not (2 or 3) || shape[0] != rows.Count) throw new InvalidOperationException("The graph's output does not have a row for each input row.");
        if (shape.Length == 3 && shape[1] != columns) throw new InvalidOperationException("The graph's output does not have a vector for each token.");
        var values = info.ElementDataType == TensorElementType.Float16 ? Widen(MemoryMarshal.Cast<Float16, Half>(value.GetTensorDataAsSpan<Float16>())) : value.GetTensorDataAsSpan<float>();
        if (_isBindable) Volatile.Write(ref _output, EncoderOutput.Of(_session.OutputMetadata[_outputs[0]], shape, rows.Count, columns));
        return Read(values, rows, (int)shape[^1], isPerToken: shape.Length == 3);
    }

    private float[][] Read(ReadOnlySpan<float> values, IReadOnlyList<EncoderSequence> rows, int width, bool isPerToken)
    {
        var stride = values.Length / rows.Count;
        var result = new float[rows.Count][];
        for (var i = 0; i < result.Length; i++)
        {
            var tokens = rows[i].Ids.Length;
            result[i] = _readRow(new(values.Slice(i * stride, isPerToken ? tokens * width : stride), tokens, isPerToken));
        }

        return result;
    }

    private static float[] Widen(ReadOnlySpan<Half> halves)
    {
        var values = new float[halves.Length];
        TensorPrimitives.ConvertToSingle(halves, values);
        return values;
    }

    /// <summary>What the engine says names paths: it is for the log. What it most likely stumbled over is said here.</summary>
    private static ModelLoadException Unloadable(string path, OnnxRuntimeException e)
    {
        var name = Path.GetFileName(path);
        return GraphWeights.Read(path).Has(GraphWeights.BFloat16)
            ? new($"{name} computes in bfloat16, which the engine does not do here: export it in fp32 or fp16.", e)
            : new($"{name} is not a graph that the engine can load; the server's log has the details.", e);
    }
}

using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Tensors;

namespace ModelServer.Encoders;

/// <summary>One loaded encoder graph. Runs are synchronous and may overlap; each thread brings its own <see cref="EncoderBuffers"/>, which it frees before
/// this is.</summary>
internal sealed class EncoderSession : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OutputChoice[] _choices;
    private readonly string[] _outputs;
    private readonly int _padTokenId;
    private readonly int _firstPosition;
    private readonly RowReader _readRow;

    /// <summary>A binding copies inputs to another device when it is made, not when it is run: what is written into them later would not be seen.</summary>
    private readonly bool _isBindable;

    /// <summary>Written by whichever thread runs first, always alike; null until then, and for ever where an output does not follow from the inputs.</summary>
    private EncoderOutput[]? _forms;

    /// <param name="path">The ONNX file.</param>
    /// <param name="device">Where it runs.</param>
    /// <param name="outputs">Which outputs a run returns, one or several.</param>
    /// <param name="padTokenId">What fills the end of shorter rows; masked out, so that it never changes a result.</param>
    /// <param name="readRow">What to make of each row of an output; what was made of several outputs' rows is put one after the other.</param>
    /// <param name="firstPosition">The position of a row's first token, for a graph that asks for positions.</param>
    /// <param name="weights">Its large weights, held for it and others; the caller's. Read from the file if null.</param>
    /// <param name="isLone">Whether its runs have the machine to themselves.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can feed.</exception>
    public EncoderSession(
        string path, ExecutionDevice device, OutputChoice[] outputs, int padTokenId, RowReader readRow, int firstPosition = 0, SharedWeights? weights = null, bool isLone = false)
    {
        _choices = outputs;
        _padTokenId = padTokenId;
        _firstPosition = firstPosition;
        _readRow = readRow;
        _isBindable = !device.IsGpu;
        try
        {
            using var options = isLone ? device.CreateLoneOptions() : device.CreateSessionOptions();
            weights?.AddTo(options);
            _session = weights is null ? new InferenceSession(path, options) : new InferenceSession(path, options, weights.Packed);
        }
        catch (OnnxRuntimeException e)
        {
            throw Unloadable(path, e);
        }

        try
        {
            Inputs = EncoderInputs.Of(_session.InputMetadata);
            _outputs = Array.ConvertAll(outputs, o => o.Select(_session.OutputMetadata));
            Graph = new TensorGraph(_session);
        }
        catch
        {
            _session.Dispose();
            throw;
        }
    }

    /// <summary>The same graph, for those who bring its inputs themselves; they are gone before this is freed.</summary>
    public TensorGraph Graph { get; }

    public EncoderInputs Inputs { get; }

    /// <summary>Runs batches that are alone, once it is open; owned. Null where all runs are alike.</summary>
    public LoneSession? Lone { get; set; }

    /// <summary>Freed after this; null where it has its weights for itself.</summary>
    public SharedWeights? Weights { get; set; }

    /// <summary>Whether its numbers come as float16.</summary>
    public bool IsHalf => Array.Exists(_outputs, o => _session.OutputMetadata[o].ElementDataType == TensorElementType.Float16);

    /// <summary>Memory for the runs of one thread.</summary>
    /// <param name="padTokenId">Another filling than the session's.</param>
    public EncoderBuffers CreateBuffers(int? padTokenId = null) => new(Inputs, _outputs.Length, padTokenId ?? _padTokenId, _firstPosition);

    /// <summary>Runs one padded batch and reads each row's part of the outputs.</summary>
    /// <param name="reader">Another than the session's.</param>
    public float[][] Run(Batch batch, EncoderBuffers buffers, RowReader? reader = null)
        => Lone is { } lone && lone.Suits(batch) ? lone.Run(batch, reader, this, buffers) : RunHere(batch, buffers, reader);

    /// <summary>Runs a batch as any other, alone or not.</summary>
    internal float[][] RunHere(Batch batch, EncoderBuffers buffers, RowReader? reader)
    {
        if (TryRunBound(batch, buffers, out var binding)) return ReadBound(buffers, batch.Sequences, _forms!, reader ?? _readRow);
        using var outputs = batch.Run.Run(_session, Inputs.Names, binding.Inputs, _outputs);
        return ReadFirst(outputs, batch.Sequences, buffers.Columns, reader ?? _readRow);
    }

    /// <summary>Fills the buffers and, once the form of the outputs is known, runs what is in them; for a shape run before, without allocating.</summary>
    internal bool TryRunBound(Batch batch, EncoderBuffers buffers, out EncoderBinding binding)
    {
        binding = buffers.Fill(batch.Sequences);
        if (Volatile.Read(ref _forms) is not { } forms) return false;
        if (binding.Prepared is null) binding.Bind(_session, Inputs.Names, _outputs, buffers.Outputs(forms, batch.Sequences.Count));
        batch.Run.Run(_session, binding.Prepared!);
        return true;
    }

    public void Dispose()
    {
        Lone?.Dispose();
        _session.Dispose();
        Weights?.Dispose();
    }

    private float[][] ReadBound(EncoderBuffers buffers, IReadOnlyList<EncoderSequence> rows, EncoderOutput[] forms, RowReader reader)
    {
        var result = new float[rows.Count][];
        for (var i = 0; i < forms.Length; i++)
        {
            var form = forms[i];
            var count = rows.Count * form.Width * (form.IsPerToken ? buffers.Columns : 1);
            var values = form.Type == TensorElementType.Float16 ? Widen(buffers.Written<Half>(i, count)) : buffers.Written<float>(i, count);
            Read(values, rows, form.Width, form.IsPerToken, reader, result);
        }

        return result;
    }

    /// <summary>Reads outputs in the engine's own memory, and learns their form where the next runs can be bound to ours.</summary>
    private float[][] ReadFirst(IReadOnlyList<OrtValue> outputs, IReadOnlyList<EncoderSequence> rows, int columns, RowReader reader)
    {
        var result = new float[rows.Count][];
        var forms = new List<EncoderOutput>();
        for (var i = 0; i < outputs.Count; i++)
        {
            var (value, isNumber) = (outputs[i], _choices[i].IsNumberPerToken);
            var info = value.GetTensorTypeAndShape();
            var shape = info.Shape;
            if (shape.Length is not (2 or 3) || shape[0] != rows.Count) throw new InvalidOperationException("The graph's output does not have a row for each input row.");
            if (shape.Length == 3 && shape[1] != columns) throw new InvalidOperationException("The graph's output does not have a vector for each token.");
            if (isNumber && (shape.Length, shape[1]) != (2, columns)) throw new InvalidOperationException("The graph's output does not have a number for each token.");
            var values = info.ElementDataType == TensorElementType.Float16 ? Widen(MemoryMarshal.Cast<Float16, Half>(value.GetTensorDataAsSpan<Float16>())) : value.GetTensorDataAsSpan<float>();
            if (EncoderOutput.Of(_session.OutputMetadata[_outputs[i]], shape, rows.Count, columns, isNumber) is { } form) forms.Add(form);
            Read(values, rows, isNumber ? 1 : (int)shape[^1], isPerToken: isNumber || shape.Length == 3, reader, result);
        }

        if (_isBindable && forms.Count == outputs.Count) Volatile.Write(ref _forms, [.. forms]);
        return result;
    }

    /// <summary>Adds what is read of each row of one output to what was read of those before it.</summary>
    private void Read(ReadOnlySpan<float> values, IReadOnlyList<EncoderSequence> rows, int width, bool isPerToken, RowReader reader, float[][] result)
    {
        var stride = values.Length / rows.Count;
        for (var i = 0; i < result.Length; i++)
        {
            var tokens = rows[i].Ids.Length;
            var row = reader(new(values.Slice(i * stride, isPerToken ? tokens * width : stride), tokens, isPerToken) { Ids = rows[i].Ids, Asked = rows[i].Asked });
            result[i] = result[i] is { } before ? [.. before, .. row] : row;
        }
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

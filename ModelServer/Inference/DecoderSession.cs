using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.Models;

namespace ModelServer.Inference;

/// <summary>The cache rows of some sequences, and the runs that continue them. For one thread; nothing is allocated by a run whose shape was run before.</summary>
internal sealed class DecoderSession : IDisposable
{
    private readonly DecoderModel _model;
    private readonly IKeyValueCache _cache;
    private readonly DecoderTensors _tensors;
    private readonly RunOptions _options = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;
    private readonly int[] _lengths;
    private readonly float[] _row;

    /// <param name="model">Outlives this.</param>
    /// <param name="rows">Sequences that can be continued at a time.</param>
    /// <param name="window">Most tokens of one.</param>
    /// <param name="chunk">Most tokens that one run adds to a row.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can run.</exception>
    public DecoderSession(DecoderModel model, int rows, int window, int chunk)
    {
        (_model, Chunk) = (model, chunk);
        var graph = model.Graph;
        _inputNames = [.. DecoderTensors.Names(graph), .. graph.PastNames];
        _outputNames = ["logits", .. graph.PresentNames];
        (_inputs, _outputs, _lengths) = (new OrtValue[_inputNames.Length], new OrtValue[_outputNames.Length], new int[rows]);
        try
        {
            _cache = graph.Layout == CacheLayout.Shared ? new SharedCache(graph, rows, window) : new ConcatenatedCache(graph, rows, window, chunk);
            _tensors = new DecoderTensors(graph, _cache, rows, chunk);
            (VocabularySize, var positions) = Probe();
            _tensors.AllocateLogits(VocabularySize, isPerToken: positions > 1);
            _row = new float[VocabularySize];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int VocabularySize { get; }

    public int Rows => _lengths.Length;

    /// <summary>Most tokens that one run adds to a row.</summary>
    public int Chunk { get; }

    public long CacheBytes => _cache.Bytes;

    /// <summary>Adds new tokens to one row.</summary>
    /// <returns>The logits behind the last of them; valid until the next run.</returns>
    public ReadOnlySpan<float> Prefill(int row, ReadOnlySpan<int> tokens)
    {
        Run(row, 1, tokens);
        return Logits(0);
    }

    /// <summary>Adds one token to each of the first rows; <see cref="Logits"/> has what follows.</summary>
    public void Decode(ReadOnlySpan<int> tokens) => Run(0, tokens.Length, tokens);

    /// <summary>The logits of one row of the last run; valid until the next call.</summary>
    public ReadOnlySpan<float> Logits(int index)
    {
        if (_model.Graph.LogitsType == TensorElementType.Float) return _tensors.LogitsOf<float>(index);
        TensorPrimitives.ConvertToSingle(_tensors.LogitsOf<Half>(index), _row);
        return _row;
    }

    /// <summary>Forgets a row's tokens from here on.</summary>
    public void Truncate(int row, int length) => _lengths[row] = length;

    /// <summary>Gives one row's sequence the place of another's.</summary>
    public void Move(int from, int to)
    {
        _cache.Copy(from, to, _lengths[from]);
        (_lengths[to], _lengths[from]) = (_lengths[from], 0);
    }

    /// <summary>Ends the run under way, from another thread; every later one fails at once.</summary>
    public void Terminate() => _options.Terminate = true;

    public void Dispose()
    {
        _tensors?.Dispose();
        _cache?.Dispose();
        _options.Dispose();
    }

    private void Run(int row, int rows, ReadOnlySpan<int> tokens)
    {
        var added = tokens.Length / rows;
        var lengths = _lengths.AsSpan(row, rows);
        Fill(row, rows, added, tokens);
        _outputs[0] = _tensors.Logits(rows, added);
        _cache.Present(row, rows, added).CopyTo(_outputs, 1);
        _model.Session.Run(_options, _inputNames, _inputs, _outputNames, _outputs);
        _cache.Keep(row, added, lengths);
        foreach (ref var length in lengths) length += added;
    }

    private void Fill(int row, int rows, int added, ReadOnlySpan<int> tokens)
    {
        _tensors.Fill(tokens, _lengths.AsSpan(row, rows), added);
        var own = _tensors.Inputs(rows, added);
        own.CopyTo(_inputs, 0);
        _cache.Past(row, rows).CopyTo(_inputs, own.Length);
    }

    /// <summary>Two tokens into an empty row, for the shape of the logits: graphs tell it by name only.</summary>
    private (int Vocabulary, int Positions) Probe()
    {
        Fill(0, 1, 2, [0, 0]);
        try
        {
            using var outputs = _model.Session.Run(_options, _inputNames, _inputs, ["logits"]);
            return outputs[0].GetTensorTypeAndShape().Shape is [1, var positions and (1 or 2), > 0 and <= int.MaxValue and var vocabulary]
                ? ((int)vocabulary, (int)positions)
                : throw new ModelLoadException("The graph's logits are not [batch, tokens, vocabulary].");
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException("The graph fails on a prompt of two tokens.", e);
        }
    }
}

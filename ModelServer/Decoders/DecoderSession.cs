using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using ModelServer.Tokenization.Models;

namespace ModelServer.Decoders;

/// <summary>The cache rows of some sequences, and the runs that continue them. For one thread, <see cref="Terminate"/> aside; a run of a shape that was
/// run lately allocates nothing.</summary>
internal sealed class DecoderSession : IDisposable
{
    /// <summary>Shapes whose bindings are kept, those of decoding among them: 16 KB each for a graph of 24 layers.</summary>
    private const int Shapes = 256;
    private readonly BindingCache<(int Row, int Rows, int Added), OrtIoBinding> _bindings = new(Shapes);
    private readonly DecoderNetwork _model;
    private readonly IKeyValueCache _cache;
    private readonly DecoderTensors _tensors;
    private readonly RunLease _lease = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly int[] _lengths;
    private readonly float[] _row;

    /// <param name="model">Outlives this.</param>
    /// <param name="rows">Sequences that can be continued at a time.</param>
    /// <param name="window">Most tokens of one.</param>
    /// <param name="chunk">Most tokens that one run adds to a row.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can run.</exception>
    public DecoderSession(DecoderNetwork model, int rows, int window, int chunk)
    {
        (_model, Chunk) = (model, chunk);
        var graph = model.Graph;
        _inputNames = [.. DecoderTensors.Names(graph), .. graph.PastNames];
        _outputNames = ["logits", .. graph.PresentNames];
        _lengths = new int[rows];
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

    /// <summary>What the cache of one of this size takes; told before it is made.</summary>
    public static long CacheBytesOf(DecoderGraph graph, int rows, int window, int chunk)
        => graph.Layout == CacheLayout.Shared ? SharedCache.BytesOf(graph, rows, window) : ConcatenatedCache.BytesOf(graph, rows, window, chunk);

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

    /// <summary>Ends the run under way, from another thread; every later one fails at once. After <see cref="Dispose"/> it does nothing.</summary>
    public void Terminate() => _lease.Terminate();

    /// <summary>No run may be under way. What refers to memory goes before the memory.</summary>
    public void Dispose()
    {
        _lease.Dispose();
        _bindings.Dispose();
        _tensors?.Dispose();
        _cache?.Dispose();
    }

    private void Run(int row, int rows, ReadOnlySpan<int> tokens)
    {
        var added = tokens.Length / rows;
        var lengths = _lengths.AsSpan(row, rows);
        _tensors.Fill(tokens, lengths, added);
        _lease.Run(_model.Session, _bindings.TryGet((row, rows, added), out var known) ? known : _bindings.Add((row, rows, added), Bind(row, rows, added)));
        _cache.Keep(row, added, lengths);
        foreach (ref var length in lengths) length += added;
    }

    private OrtIoBinding Bind(int row, int rows, int added)
    {
        var binding = _model.Session.CreateIoBinding();
        try
        {
            foreach (var (name, value) in _inputNames.Zip(Inputs(row, rows, added))) binding.BindInput(name, value);
            foreach (var (name, value) in _outputNames.Zip(_cache.Present(row, rows, added).Prepend(_tensors.Logits(rows, added)))) binding.BindOutput(name, value);
            return binding;
        }
        catch
        {
            binding.Dispose();
            throw;
        }
    }

    private OrtValue[] Inputs(int row, int rows, int added) => [.. _tensors.Inputs(rows, added), .. _cache.Past(row, rows)];

    /// <summary>Two tokens into an empty row, for the shape of the logits: graphs tell it by name only.</summary>
    private (int Vocabulary, int Positions) Probe()
    {
        _tensors.Fill([0, 0], _lengths.AsSpan(0, 1), 2);
        try
        {
            using var outputs = _lease.Run(_model.Session, _inputNames, Inputs(0, 1, 2), ["logits"]);
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

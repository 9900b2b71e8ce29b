using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>The key-value cache of some rows, and the runs that continue them. It keeps no account of what a row holds: the plans say it.
/// For one thread, <see cref="Terminate"/> aside; a run of a shape that was run lately allocates nothing, but for rows that run alone.</summary>
internal sealed class DecoderSession : IDisposable
{
    /// <summary>Shapes whose bindings are kept, those of decoding among them: 16 KB each for a graph of 24 layers.</summary>
    private const int Shapes = 256;
    private readonly BindingCache<(int Row, int Rows, int Count, bool IsScored), OrtIoBinding> _bindings = new(Shapes);
    private readonly DecoderNetwork _model;
    private readonly IKeyValueCache _cache;
    private readonly DecoderTensors? _tensors;
    private readonly RowRuns? _rowRuns;
    private readonly RunLease _lease = new();
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private readonly float[] _logits;

    /// <param name="model">Outlives this.</param>
    /// <param name="rows">Sequences that can be continued at a time.</param>
    /// <param name="window">Most tokens of one.</param>
    /// <param name="chunk">Most tokens that one run adds to a row.</param>
    /// <exception cref="ModelLoadException">The graph is not one this server can run.</exception>
    public DecoderSession(DecoderNetwork model, int rows, int window, int chunk)
    {
        _model = model;
        Rows = rows;
        Window = window;
        Chunk = chunk;
        var graph = model.Graph;
        _inputNames = [.. DecoderTensors.Names(graph), .. graph.PastNames];
        _outputNames = [graph.Names.Logits, .. graph.PresentNames];
        try
        {
            if (graph.Layout == CacheLayout.Apart)
            {
                var cache = new RowCache(graph, rows, window);
                _cache = cache;
                _rowRuns = new RowRuns(model, cache, _lease, rows, window, chunk);
                (VocabularySize, ScoresPrompts) = (_rowRuns.VocabularySize, _rowRuns.ScoresPrompts);
                _logits = new float[VocabularySize];
                return;
            }

            _cache = graph.Layout == CacheLayout.Shared ? new SharedCache(graph, rows, window) : new ConcatenatedCache(graph, rows, window, chunk);
            _tensors = new DecoderTensors(graph, _cache, rows, chunk);
            (VocabularySize, var positions) = Probe(isScored: false);
            _tensors.AllocateLogits(VocabularySize, isPerToken: positions > 1);
            ScoresPrompts = positions > 1 || (graph.ChoosesLogits && Probe(isScored: true).Positions > 1);
            _logits = new float[VocabularySize];
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public DecoderGraph Graph => _model.Graph;

    /// <summary>Most tokens that a row holds.</summary>
    public int Window { get; }

    public int VocabularySize { get; }

    /// <summary>Whether the graph can give the logits behind every token of a prompt.</summary>
    public bool ScoresPrompts { get; }

    /// <summary>Whether a run may add several tokens behind others; else they are as many runs.</summary>
    public bool ReadsBehindPast => _rowRuns?.ReadsBehindPast ?? true;

    public int Rows { get; }

    /// <summary>Most tokens that one run adds to a row.</summary>
    public int Chunk { get; }

    public long CacheBytes => _cache.Bytes;

    /// <summary>Bytes that the cache of a session of this size takes.</summary>
    public static long CacheBytesOf(DecoderGraph graph, int rows, int window, int chunk)
        => graph.Layout switch
        {
            CacheLayout.Shared => SharedCache.BytesOf(graph, rows, window),
            CacheLayout.Apart => RowCache.BytesOf(graph, rows, window),
            _ => ConcatenatedCache.BytesOf(graph, rows, window, chunk),
        };

    /// <summary>Adds new tokens to the rows of a plan; <see cref="Logits"/> has what follows them.</summary>
    /// <param name="tokens">Those of the first entry, of the second, …</param>
    public void Run(StepPlan plan, ReadOnlySpan<int> tokens)
    {
        if (_rowRuns is not null)
        {
            _rowRuns.Run(plan, tokens);
            return;
        }

        var shape = (plan.FirstRow, plan.Rows, plan.Count, plan.IsScored);
        _tensors!.Fill(plan, tokens);
        _lease.Run(_model.Session, _bindings.TryGet(shape, out var known) ? known : _bindings.Add(shape, Bind(plan)));
        _cache.Keep(plan);
    }

    /// <summary>The logits behind one token of one entry of the last plan, without a token behind the last; valid until the next call.</summary>
    /// <param name="token">Of a plan that is scored; counted from the entry's start.</param>
    public ReadOnlySpan<float> Logits(int entry, int? token = null)
    {
        if (_model.Graph.LogitsType == TensorElementType.Float) return _rowRuns is null ? _tensors!.LogitsOf<float>(entry, token) : _rowRuns.LogitsOf<float>(entry, token);
        TensorPrimitives.ConvertToSingle(_rowRuns is null ? _tensors!.LogitsOf<Half>(entry, token) : _rowRuns.LogitsOf<Half>(entry, token), _logits);
        return _logits;
    }

    /// <summary>Gives one row the first tokens of another, which keeps them: a plan may start behind them as if they had been read there.</summary>
    public void Copy(int from, int to, int length) => _cache.Copy(from, to, length);

    /// <summary>Whether tokens of a row can be kept elsewhere and come back.</summary>
    public bool CanSave => _cache.Slots is not null;

    /// <summary>Copies neighbouring tokens of a row into the first slots of a row elsewhere.</summary>
    public void Save(int row, int start, int count, CacheRows to, int toRow) => to.Copy(_cache.Slots!, row, start, toRow, 0, count);

    /// <summary>Copies them back, to where they stood in their prompt: a plan may start behind them as if they had been read there.</summary>
    public void Restore(CacheRows from, int fromRow, int row, int start, int count) => _cache.Slots!.Copy(from, fromRow, 0, row, start, count);

    /// <summary>Ends the run under way, from another thread; every later one fails at once. After <see cref="Dispose"/> it does nothing.</summary>
    public void Terminate() => _lease.Terminate();

    /// <summary>No run may be under way. What refers to memory goes before the memory.</summary>
    public void Dispose()
    {
        _lease.Dispose();
        _bindings.Dispose();
        _tensors?.Dispose();
        _rowRuns?.Dispose();
        _cache?.Dispose();
    }

    private OrtIoBinding Bind(StepPlan plan)
    {
        var binding = _model.Session.CreateIoBinding();
        try
        {
            foreach (var (name, value) in _inputNames.Zip(Inputs(plan))) binding.BindInput(name, value);
            var outputs = _cache.Present(plan.FirstRow, plan.Rows, plan.Count).Prepend(_tensors!.Logits(plan.Rows, plan.Count, plan.IsScored));
            foreach (var (name, value) in _outputNames.Zip(outputs)) binding.BindOutput(name, value);
            return binding;
        }
        catch
        {
            binding.Dispose();
            throw;
        }
    }

    private OrtValue[] Inputs(StepPlan plan) => [.. _tensors!.Inputs(plan.Rows, plan.Count), .. _cache.Past(plan.FirstRow, plan.Rows)];

    /// <summary>Two tokens into an empty row, for the shape of the logits: graphs give it by name only.</summary>
    private (int Vocabulary, int Positions) Probe(bool isScored)
    {
        var plan = new StepPlan([new StepEntry(Row: 0, Start: 0, Count: 2, IsSampled: true, isScored)], isPrompt: true);
        _tensors!.Fill(plan, [0, 0]);
        try
        {
            using var outputs = _lease.Run(_model.Session, _inputNames, Inputs(plan), [_model.Graph.Names.Logits]);
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

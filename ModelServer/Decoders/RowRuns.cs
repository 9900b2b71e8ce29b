using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>Runs each row of a plan alone, its past as long as what it holds: for graphs that count positions from their past, that have no mask, or that
/// are two in one, of which a row's first run takes the one without a past. Every run has a shape of its own, so that its tensors are made for it.</summary>
internal sealed class RowRuns : IDisposable
{
    private const int ProbedTokens = 3;
    private readonly DecoderNetwork _model;
    private readonly DecoderGraph _graph;
    private readonly RowCache _cache;
    private readonly RunLease _lease;
    private readonly int _cells;
    private readonly string[] _inputNames;
    private readonly List<(IntegerTensor Memory, string Name)> _inputs = [];
    private readonly NativeBuffer? _logits;
    private readonly bool _isPerToken;
    private int _perRow;

    /// <param name="cache">Outlives this, as do model and lease.</param>
    /// <exception cref="ModelLoadException">The graph fails, or gives something else than logits and a longer past.</exception>
    public RowRuns(DecoderNetwork model, RowCache cache, RunLease lease, int rows, int window, int chunk)
    {
        (_model, _graph, _cache, _lease, _cells) = (model, model.Graph, cache, lease, Math.Max(rows, chunk));
        var names = _graph.Names;
        try
        {
            Add(names.Ids, chunk);
            if (_graph.HasMask) Add(names.Mask, window);
            if (_graph.HasPositions) Add(names.Positions, chunk);
            if (_graph.HasTypes) Add(DecoderNames.Types, chunk);
            if (_graph.ChoosesLogits) Add(names.Wanted!, 1);
            if (_graph.HasBranch) Add(DecoderNames.Branch, 1);
            _inputNames = [.. _inputs.Select(i => i.Name), .. names.Past];
            (VocabularySize, var positions) = Probe(isScored: false);
            _isPerToken = positions > 1;
            ScoresPrompts = _isPerToken || (_graph.ChoosesLogits && Probe(isScored: true).Positions > 1);
            _logits = new NativeBuffer((long)_cells * VocabularySize * (_graph.LogitsType == TensorElementType.Float16 ? 2 : 4));
            ReadsBehindPast = chunk >= ProbedTokens && GivesTheSameBehindPast();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int VocabularySize { get; }

    /// <inheritdoc cref="DecoderSession.ScoresPrompts"/>
    public bool ScoresPrompts { get; }

    /// <inheritdoc cref="DecoderSession.ReadsBehindPast"/>
    public bool ReadsBehindPast { get; } = true;

    public void Run(StepPlan plan, ReadOnlySpan<int> tokens)
    {
        _perRow = _isPerToken || plan.IsScored ? plan.Count : 1;
        for (var i = 0; i < plan.Rows; i++)
        {
            var entry = plan.Entries[i];
            // Exporters that traced their second graph with one token left the order of several out of it.
            var length = entry.Start > 0 && !ReadsBehindPast ? 1 : entry.Count;
            for (var done = 0; done < entry.Count; done += length)
            {
                var piece = entry with { Start = entry.Start + done, Count = length };
                Run(piece, tokens.Slice((i * plan.Count) + done, length), ((long)i * _perRow) + (_perRow > 1 ? done : 0));
            }
        }
    }

    /// <inheritdoc cref="DecoderTensors.LogitsOf"/>
    public ReadOnlySpan<T> LogitsOf<T>(int entry, int? token)
        where T : unmanaged
        => _logits!.Span<T>((((long)entry * _perRow) + (token ?? _perRow - 1)) * VocabularySize * System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), VocabularySize);

    public void Dispose()
    {
        foreach (var (memory, _) in _inputs) memory.Dispose();
        _logits?.Dispose();
    }

    private void Add(string name, int capacity) => _inputs.Add((new IntegerTensor(_graph.InputType(name), capacity), name));

    /// <param name="place">Of its first logits among those of the plan.</param>
    private void Run(StepEntry entry, ReadOnlySpan<int> tokens, long place)
    {
        _cache.Shorten(entry.Row, entry.Start);
        var inputs = Inputs(entry, tokens);
        try
        {
            var shown = _isPerToken || entry.IsScored ? entry.Count : 1;
            var bytes = (long)VocabularySize * (_graph.LogitsType == TensorElementType.Float16 ? 2 : 4);
            using var logits = _logits!.Tensor(_graph.LogitsType, place * bytes, 1, shown, VocabularySize);
            using var binding = _model.Session.CreateIoBinding();
            foreach (var (name, value) in _inputNames.Zip([.. inputs, .. _cache.Past(entry.Row, 1)])) binding.BindInput(name, value);
            binding.BindOutput(_graph.Names.Logits, logits);
            foreach (var (name, value) in _graph.PresentNames.Zip(_cache.Present(entry.Row, 1, entry.Count))) binding.BindOutput(name, value);
            _lease.Run(_model.Session, binding);
        }
        finally
        {
            foreach (var input in inputs) input.Dispose();
        }

        _cache.Keep(new StepPlan([entry], isPrompt: false));
    }

    /// <summary>Those before the past, in the order of their names.</summary>
    private OrtValue[] Inputs(StepEntry entry, ReadOnlySpan<int> tokens)
    {
        var values = new OrtValue[_inputs.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var (memory, name) = _inputs[i];
            if (name == _graph.Names.Ids) memory.Write(0, tokens);
            if (name == _graph.Names.Mask) _cache.WriteMask(memory, 0, entry.Start, entry.Count);
            if (name == _graph.Names.Positions) memory.Count(0, entry.Count, entry.Start);
            if (name == _graph.Names.Wanted) memory.Fill(0, 1, entry.IsScored ? entry.Count : 1);
            if (name == DecoderNames.Branch) memory.Fill(0, 1, entry.Start > 0 ? 1 : 0);
            values[i] = name == _graph.Names.Wanted ? memory.Value()
                : name == DecoderNames.Branch ? memory.Value(1)
                : memory.Value(1, name == _graph.Names.Mask ? entry.Start + entry.Count : entry.Count);
        }

        return values;
    }

    /// <summary>Two tokens into an empty row, for the shape of what it gives.</summary>
    private (int Vocabulary, int Positions) Probe(bool isScored)
    {
        var entry = new StepEntry(Row: 0, Start: 0, Count: 2, IsSampled: true, isScored);
        var inputs = Inputs(entry, [0, 0]);
        try
        {
            using var outputs = _lease.Run(_model.Session, _inputNames, [.. inputs, .. _cache.Past(0, 1)], [_graph.Names.Logits, .. _graph.PresentNames]);
            long[] present = _graph.Names.IsStacked ? [2, 1, _graph.Heads, 2, _graph.HeadSize] : [1, _graph.Heads, 2, _graph.HeadSize];
            if (outputs.Skip(1).Any(o => !o.GetTensorTypeAndShape().Shape.SequenceEqual(present)))
                throw new ModelLoadException("The graph does not give its keys and values back with those of the new tokens behind them.");
            return outputs[0].GetTensorTypeAndShape().Shape is [1, var positions and (1 or 2), > 0 and <= int.MaxValue and var vocabulary]
                ? ((int)vocabulary, (int)positions)
                : throw new ModelLoadException("The graph's logits are not [batch, tokens, vocabulary].");
        }
        catch (OnnxRuntimeException e)
        {
            throw new ModelLoadException("The graph fails on a prompt of two tokens.", e);
        }
        finally
        {
            foreach (var input in inputs) input.Dispose();
        }
    }

    /// <summary>Whether several tokens behind a past give what they give without one.</summary>
    private bool GivesTheSameBehindPast()
    {
        var tokens = Enumerable.Range(1, ProbedTokens).Select(i => i * 7 % VocabularySize).ToArray();
        try
        {
            var atOnce = Read(0, tokens);
            Read(0, tokens.AsSpan(0, 1));
            return DecoderCheck.IsClose(atOnce, Read(1, tokens.AsSpan(1)));
        }
        catch (OnnxRuntimeException)
        {
            // DecoderCheck says so of a graph that fails on one token too.
            return false;
        }
    }

    private float[] Read(int start, ReadOnlySpan<int> tokens)
    {
        Run(new StepPlan([new StepEntry(0, start, tokens.Length, IsSampled: true)], isPrompt: true), tokens);
        return _graph.LogitsType == TensorElementType.Float ? LogitsOf<float>(0, null).ToArray() : Array.ConvertAll(LogitsOf<Half>(0, null).ToArray(), h => (float)h);
    }
}

using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>The inputs and outputs of a decoder's runs beside its cache: ids, mask, positions and logits. One piece of memory each; the tensors over it are
/// made once for each shape, of which there are few: one row with up to a chunk of tokens, and one token in up to all rows.</summary>
internal sealed class DecoderTensors : IDisposable
{
    private readonly DecoderGraph _graph;
    private readonly IKeyValueCache _cache;
    private readonly int _cells;
    private readonly IntegerTensor _ids;
    private readonly IntegerTensor _mask;
    private readonly IntegerTensor? _positions;
    private readonly IntegerTensor? _types;
    private readonly IntegerTensor? _logitsWanted;
    private readonly IntegerTensor? _branch;
    private readonly OrtValue? _one;
    private readonly OrtValue? _withPast;
    private readonly Dictionary<(int Rows, int Tokens), OrtValue[]> _inputs = [];
    private readonly Dictionary<(int Rows, int Shown), OrtValue> _outputs = [];
    private NativeBuffer? _logits;
    private bool _isPerToken;
    private int _vocabulary;
    private int _perRow;

    public DecoderTensors(DecoderGraph graph, IKeyValueCache cache, int rows, int chunk)
    {
        _graph = graph;
        _cache = cache;
        _cells = Math.Max(rows, chunk);
        try
        {
            var names = graph.Names;
            _ids = new IntegerTensor(graph.InputType(names.Ids), _cells);
            _mask = new IntegerTensor(graph.InputType(names.Mask), Math.Max(rows * cache.MaskWidth(1), cache.MaskWidth(chunk)));
            _positions = graph.HasPositions ? new IntegerTensor(graph.InputType(names.Positions), _cells) : null;
            _types = graph.HasTypes ? new IntegerTensor(graph.InputType(DecoderNames.Types), _cells) : null;
            _logitsWanted = graph.ChoosesLogits ? new IntegerTensor(graph.InputType(names.Wanted!), 1) : null;
            _one = _logitsWanted?.Value();
            // A past of slots that are masked out is one too.
            _branch = graph.HasBranch ? new IntegerTensor(graph.InputType(DecoderNames.Branch), 1) : null;
            _branch?.Fill(0, 1, 1);
            _withPast = _branch?.Value(1);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The inputs in the order of <see cref="Inputs"/>.</summary>
    public static string[] Names(DecoderGraph graph) =>
    [
        graph.Names.Ids,
        graph.Names.Mask,
        .. graph.HasPositions ? [graph.Names.Positions] : (string[])[],
        .. graph.HasTypes ? [DecoderNames.Types] : (string[])[],
        .. graph.ChoosesLogits ? [graph.Names.Wanted!] : (string[])[],
        .. graph.HasBranch ? [DecoderNames.Branch] : (string[])[],
    ];

    /// <param name="isPerToken">Whether the graph has logits for each token of a run; else for the last alone.</param>
    public void AllocateLogits(int vocabulary, bool isPerToken)
    {
        _vocabulary = vocabulary;
        _isPerToken = isPerToken;
        _logits = new NativeBuffer((long)_cells * vocabulary * (_graph.LogitsType == TensorElementType.Float16 ? 2 : 4));
    }

    /// <summary>Writes the inputs of a run.</summary>
    public void Fill(StepPlan plan, ReadOnlySpan<int> tokens)
    {
        _perRow = Shown(plan.Count, plan.IsScored);
        _logitsWanted?.Fill(0, 1, plan.IsScored ? plan.Count : 1);
        _ids.Write(0, tokens);
        var width = _cache.MaskWidth(plan.Count);
        for (var i = 0; i < plan.Rows; i++)
        {
            var start = plan.Entries[i].Start;
            _cache.WriteMask(_mask, i * width, start, plan.Count);
            _positions?.Count(i * plan.Count, plan.Count, start);
        }
    }

    public OrtValue[] Inputs(int rows, int tokens)
    {
        if (_inputs.TryGetValue((rows, tokens), out var inputs)) return inputs;
        OrtValue?[] all = [_ids.Value(rows, tokens), _mask.Value(rows, _cache.MaskWidth(tokens)), _positions?.Value(rows, tokens), _types?.Value(rows, tokens), _one, _withPast];
        return _inputs[(rows, tokens)] = [.. all.OfType<OrtValue>()];
    }

    /// <param name="isScored">Whether those behind every token are wanted.</param>
    public OrtValue Logits(int rows, int tokens, bool isScored)
    {
        var shown = Shown(tokens, isScored);
        if (!_outputs.TryGetValue((rows, shown), out var logits))
            _outputs[(rows, shown)] = logits = _logits!.Tensor(_graph.LogitsType, 0, rows, shown, _vocabulary);
        return logits;
    }

    /// <summary>Those behind one token of one entry of the last run; without a token behind the last.</summary>
    public ReadOnlySpan<T> LogitsOf<T>(int entry, int? token)
        where T : unmanaged
    {
        var place = ((long)entry * _perRow) + (token ?? _perRow - 1);
        return _logits!.Span<T>(place * _vocabulary * System.Runtime.CompilerServices.Unsafe.SizeOf<T>(), _vocabulary);
    }

    public void Dispose()
    {
        foreach (var value in _inputs.Values.SelectMany(v => v).Concat(_outputs.Values)) value.Dispose();
        _one?.Dispose();
        _withPast?.Dispose();
        _ids?.Dispose();
        _mask?.Dispose();
        _positions?.Dispose();
        _types?.Dispose();
        _logitsWanted?.Dispose();
        _branch?.Dispose();
        _logits?.Dispose();
    }

    /// <summary>Tokens of a row whose logits a run gives.</summary>
    private int Shown(int tokens, bool isScored) => _isPerToken || isScored ? tokens : 1;
}

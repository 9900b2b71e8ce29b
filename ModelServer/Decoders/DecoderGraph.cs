using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.Decoders;

/// <summary>How a decoder graph takes keys and values of earlier tokens and gives them back.</summary>
internal enum CacheLayout
{
    /// <summary>GroupQueryAttention: past and present are one buffer, written in place.</summary>
    Shared,

    /// <summary>Plain operators: present is past with the new tokens behind it.</summary>
    Concatenated,
}

/// <summary>The form of a decoder graph: what it takes and gives, and how its cache is laid out.</summary>
internal sealed class DecoderGraph
{
    private const string PastPrefix = "past_key_values.";
    private static readonly string[] Integers = ["input_ids", "attention_mask", "position_ids", "num_logits_to_keep"];
    private readonly IReadOnlyDictionary<string, NodeMetadata> _inputs;

    /// <exception cref="ModelLoadException">The graph has a form that cannot be served; the message says which.</exception>
    public DecoderGraph(IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs, IReadOnlyList<GraphNode> nodes)
    {
        _inputs = inputs;
        Layers = inputs.Keys.Count(n => n.StartsWith(PastPrefix, StringComparison.Ordinal) && n.EndsWith(".key", StringComparison.Ordinal));
        PastNames = [.. CacheNames(PastPrefix)];
        PresentNames = [.. CacheNames("present.")];
        CheckNames(outputs);
        var first = inputs[PastNames[0]];
        (Heads, HeadSize) = first.Dimensions is [_, > 0, _, > 0] d ? (d[1], d[3]) : throw new ModelLoadException($"The input '{PastNames[0]}' is not [batch, heads, length, size] with fixed heads and size.");
        (CacheType, LogitsType) = (first.ElementDataType, outputs["logits"].ElementDataType);
        CheckTypes(outputs);
        Layout = LayoutOf(nodes);
        CheckQuantization(nodes);
    }

    public int Layers { get; }

    /// <summary>Heads of keys and values.</summary>
    public int Heads { get; }

    public int HeadSize { get; }

    public TensorElementType CacheType { get; }

    public TensorElementType LogitsType { get; }

    /// <summary>Bytes of one key or value of one head.</summary>
    public int SlotBytes => HeadSize * (CacheType == TensorElementType.Float16 ? sizeof(short) : sizeof(float));

    public CacheLayout Layout { get; }

    /// <summary>Whether the graph asks for how many of the last tokens' logits it shall give.</summary>
    public bool ChoosesLogits => _inputs.ContainsKey("num_logits_to_keep");

    public bool HasPositions => _inputs.ContainsKey("position_ids");

    /// <summary>Key and value of layer 0, of layer 1, …; the outputs in the same order.</summary>
    public string[] PastNames { get; }

    public string[] PresentNames { get; }

    public TensorElementType IntegerType(string input) => _inputs[input].ElementDataType;

    private IEnumerable<string> CacheNames(string prefix)
        => Enumerable.Range(0, Layers).SelectMany(l => new[] { "key", "value" }.Select(kind => string.Create(CultureInfo.InvariantCulture, $"{prefix}{l}.{kind}")));

    private void CheckNames(IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        if (_inputs.Keys.Except(Integers).Except(PastNames).FirstOrDefault() is { } unknown)
            throw new ModelLoadException($"The graph asks for the input '{unknown}', which this server does not give to a decoder.");
        if (Layers == 0) throw new ModelLoadException("The graph has no inputs 'past_key_values.0.key' and so on: export it with its cache (text-generation-with-past).");
        foreach (var name in new[] { "input_ids", "attention_mask" }.Concat(PastNames))
            if (!_inputs.ContainsKey(name)) throw new ModelLoadException($"The graph has no input '{name}'.");
        foreach (var name in PresentNames.Prepend("logits"))
            if (!outputs.ContainsKey(name)) throw new ModelLoadException($"The graph has no output '{name}'.");
    }

    private void CheckTypes(IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        foreach (var name in Integers.Where(_inputs.ContainsKey))
            if (IntegerType(name) is not (TensorElementType.Int64 or TensorElementType.Int32)) throw new ModelLoadException($"The input '{name}' must be int64 or int32.");
        if (PastNames.Any(n => _inputs[n].ElementDataType != CacheType || !_inputs[n].Dimensions.SequenceEqual(_inputs[PastNames[0]].Dimensions)))
            throw new ModelLoadException("The layers of the graph differ in their keys and values.");
        if (PresentNames.Any(n => outputs[n].ElementDataType != CacheType)) throw new ModelLoadException("The graph takes and gives keys and values of different types.");
        if (CacheType is not (TensorElementType.Float or TensorElementType.Float16) || LogitsType is not (TensorElementType.Float or TensorElementType.Float16))
            throw new ModelLoadException("The graph's logits, keys and values must be float or float16.");
    }

    /// <summary>By the operator that a layer's past goes into: the shapes and names of both layouts are the same.</summary>
    private CacheLayout LayoutOf(IReadOnlyList<GraphNode> nodes)
    {
        var takers = PastNames.Select(name => nodes.FirstOrDefault(n => n.Inputs.Contains(name) && n.Operator != "Shape")?.Operator).Distinct().ToArray();
        if (takers is ["com.microsoft.GroupQueryAttention"]) return CacheLayout.Shared;
        if (takers is not ["Concat"])
            throw new ModelLoadException($"The graph keeps its keys and values in a form that is not served ({string.Join(", ", takers)}); GroupQueryAttention and Concat are.");
        return HasPositions
            ? CacheLayout.Concatenated
            : throw new ModelLoadException("The graph has no input 'position_ids': it takes positions from the length of its cache, where rows of different lengths have no common one.");
    }

    private static void CheckQuantization(IReadOnlyList<GraphNode> nodes)
    {
        if (GraphNodes.HaveOneScaleForAll(nodes))
            throw new ModelLoadException("The graph quantises activations with one scale for a whole batch (DynamicQuantizeLinear), so that answers would depend on the sequences beside them. Quantise per row, or weights alone (MatMulNBits).");
    }
}

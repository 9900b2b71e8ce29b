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

    /// <summary>Any operators: present is past with the new tokens behind it, and each row runs alone, with a past as long as what it holds.</summary>
    Apart,
}

/// <summary>The form of a decoder graph: what it takes and gives, and how its cache is laid out.</summary>
internal sealed class DecoderGraph
{
    /// <summary>Operators that take a past with holes in it, which a mask hides.</summary>
    private static readonly string[] Maskable = ["Concat", "com.microsoft.Attention", "com.microsoft.MultiHeadAttention"];
    private readonly IReadOnlyDictionary<string, NodeMetadata> _inputs;

    /// <param name="told">What <c>genai_config.json</c> tells of the graph; null where there is none.</param>
    /// <exception cref="ModelLoadException">The graph has a form that cannot be served; the message says which.</exception>
    public DecoderGraph(
        IReadOnlyDictionary<string, NodeMetadata> inputs, IReadOnlyDictionary<string, NodeMetadata> outputs, IReadOnlyList<GraphNode> nodes, GenAiConfig? told = null)
    {
        _inputs = inputs;
        Names = DecoderNames.Of(inputs, outputs, told);
        (Heads, HeadSize) = ShapeOf(told?.Model?.Decoder);
        (CacheType, LogitsType) = (inputs[PastNames[0]].ElementDataType, outputs[Names.Logits].ElementDataType);
        CheckTypes(outputs);
        Layout = LayoutOf(nodes);
        CheckQuantization(nodes);
        RoundsActivations = GraphNodes.RoundActivations(nodes);
    }

    public DecoderNames Names { get; }

    public int Layers => PastNames.Length / (Names.IsStacked ? 1 : 2);

    /// <summary>Heads of keys and values.</summary>
    public int Heads { get; }

    public int HeadSize { get; }

    public TensorElementType CacheType { get; }

    public TensorElementType LogitsType { get; }

    /// <summary>Bytes of one key or value of one head.</summary>
    public int SlotBytes => HeadSize * (CacheType == TensorElementType.Float16 ? sizeof(short) : sizeof(float));

    /// <summary>What the operators tell, until <see cref="CacheChoice"/> has tried others.</summary>
    public CacheLayout Layout { get; set; }

    /// <summary>Whether there is more than one that it may have, which only a run tells.</summary>
    public bool IsOfEitherLayout => Layout != CacheLayout.Shared && !Names.IsStacked && HasMask;

    /// <summary>Whether the graph asks for how many of the last tokens' logits it shall give.</summary>
    public bool ChoosesLogits => Names.Wanted is not null;

    public bool HasMask => _inputs.ContainsKey(Names.Mask);

    public bool HasPositions => _inputs.ContainsKey(Names.Positions);

    /// <summary>Whether activations are rounded to integers on the way.</summary>
    public bool RoundsActivations { get; }

    /// <summary>Whether it asks for kinds of tokens.</summary>
    public bool HasTypes => _inputs.ContainsKey(DecoderNames.Types);

    /// <summary>Whether it joins two graphs, without a past and with one.</summary>
    public bool HasBranch => _inputs.ContainsKey(DecoderNames.Branch);

    /// <summary>Key and value of layer 0, of layer 1, … (one tensor for each layer where they are stacked); the outputs in the same order.</summary>
    public string[] PastNames => Names.Past;

    public string[] PresentNames => Names.Present;

    public TensorElementType InputType(string input) => _inputs[input].ElementDataType;

    private (int Heads, int Size) ShapeOf(GenAiDecoder? told)
    {
        var dimensions = _inputs[PastNames[0]].Dimensions;
        return (Names.IsStacked, dimensions) switch
        {
            (false, [_, var heads, _, var size]) when (heads, size) is ( > 0, > 0) => (heads, size),
            (true, [2, _, var heads, _, var size]) when (heads, size) is ( > 0, > 0) => (heads, size),
            (false, { Length: 4 }) or (true, [2, _, _, _, _]) when told is { NumKeyValueHeads: > 0 and var heads, HeadSize: > 0 and var size } => (heads, size),
            (true, _) => throw new ModelLoadException($"The input '{PastNames[0]}' is not [2, batch, heads, length, size] with fixed heads and size."),
            _ => throw new ModelLoadException($"The input '{PastNames[0]}' is not [batch, heads, length, size] with fixed heads and size."),
        };
    }

    private void CheckTypes(IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        foreach (var name in new[] { Names.Ids, Names.Positions, DecoderNames.Types, Names.Wanted ?? Names.Ids }.Where(_inputs.ContainsKey))
            if (InputType(name) is not (TensorElementType.Int64 or TensorElementType.Int32)) throw new ModelLoadException($"The input '{name}' must be int64 or int32.");
        if (HasMask && InputType(Names.Mask) is not (TensorElementType.Int64 or TensorElementType.Int32 or TensorElementType.Float or TensorElementType.Float16))
            throw new ModelLoadException($"The input '{Names.Mask}' must be int64, int32, float or float16.");
        if (HasBranch && InputType(DecoderNames.Branch) != TensorElementType.Bool) throw new ModelLoadException($"The input '{DecoderNames.Branch}' must be bool.");
        if (PastNames.Any(n => _inputs[n].ElementDataType != CacheType || !_inputs[n].Dimensions.SequenceEqual(_inputs[PastNames[0]].Dimensions)))
            throw new ModelLoadException("The layers of the graph differ in their keys and values.");
        if (PresentNames.Any(n => outputs[n].ElementDataType != CacheType)) throw new ModelLoadException("The graph takes and gives keys and values of different types.");
        if (CacheType is not (TensorElementType.Float or TensorElementType.Float16) || LogitsType is not (TensorElementType.Float or TensorElementType.Float16))
            throw new ModelLoadException("The graph's logits, keys and values must be float or float16.");
    }

    /// <summary>By the operator that a layer's past goes into: the shapes and names of shared and concatenated caches are the same.</summary>
    private CacheLayout LayoutOf(IReadOnlyList<GraphNode> nodes)
    {
        // A graph whose keys and values are one tensor takes it apart first, by whatever operators.
        if (Names.IsStacked) return CacheLayout.Apart;
        var takers = PastNames.Select(name => nodes.FirstOrDefault(n => n.Inputs.Contains(name) && n.Operator != "Shape")?.Operator).Distinct().ToArray();
        if (takers is ["com.microsoft.GroupQueryAttention"] && HasMask) return CacheLayout.Shared;
        if (takers is not [{ } taker] || !Maskable.Contains(taker))
            throw new ModelLoadException($"The graph keeps its keys and values in a form that is not served ({string.Join(", ", takers)}); GroupQueryAttention, MultiHeadAttention, Attention and Concat are.");
        // Positions from the length of the past are wrong where that has holes, and a graph for first runs knows no past.
        return HasMask && HasPositions && !HasBranch ? CacheLayout.Concatenated : CacheLayout.Apart;
    }

    private static void CheckQuantization(IReadOnlyList<GraphNode> nodes)
    {
        if (GraphNodes.HaveOneScaleForAll(nodes))
            throw new ModelLoadException("The graph quantises activations with one scale for a whole batch (DynamicQuantizeLinear), so that answers would depend on the sequences beside them. Quantise per row, or weights alone (MatMulNBits).");
    }
}

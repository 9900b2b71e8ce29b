using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.Encoders;

/// <summary>What a graph is fed with.</summary>
/// <param name="Columns">How many tokens every row has, where the graph takes no other number; else null.</param>
/// <param name="TakesOneRow">Whether its batch axis is fixed.</param>
internal sealed record EncoderInputs(string[] Names, TensorElementType[] Types, int? Columns, bool TakesOneRow)
{
    private const string Ids = "input_ids", Mask = "attention_mask";
    private static readonly string[] Known = [Ids, Mask, "token_type_ids", "position_ids"];
    private static readonly TensorElementType[] WholeNumbers = [TensorElementType.Int64, TensorElementType.Int32];
    private static readonly TensorElementType[] OfMasks = [.. WholeNumbers, TensorElementType.Bool, TensorElementType.Float, TensorElementType.Float16];

    /// <exception cref="ModelLoadException">The graph wants something that is not known, or in another form.</exception>
    public static EncoderInputs Of(IReadOnlyDictionary<string, NodeMetadata> inputs)
    {
        if (inputs.Keys.FirstOrDefault(name => !Known.Contains(name)) is { } unknown)
            throw new ModelLoadException($"The graph asks for the input '{unknown}', which an encoder does not have.");
        if (!inputs.TryGetValue(Ids, out var ids)) throw new ModelLoadException($"The graph has no input '{Ids}'.");
        foreach (var (name, input) in inputs) Check(name, input);
        // Where no shape is told there is none to keep to.
        var (rows, columns) = ids.Dimensions is [var r, var c] ? (r, c) : (-1, -1);
        if (rows > 1) throw new ModelLoadException($"The graph takes exactly {rows} sequences at once (the batch axis of '{Ids}' is fixed): export it with that axis left open.");
        return new([.. inputs.Keys], [.. inputs.Values.Select(m => m.ElementDataType)], columns > 0 ? columns : null, TakesOneRow: rows == 1);
    }

    private static void Check(string name, NodeMetadata input)
    {
        if (!input.IsTensor) throw new ModelLoadException($"The graph takes '{name}' as something else than a tensor.");
        if (input.Dimensions.Length is not (0 or 2)) throw new ModelLoadException($"The graph takes '{name}' with {input.Dimensions.Length} axes; what is given has two, [batch, sequence].");
        if (!(name == Mask ? OfMasks : WholeNumbers).Contains(input.ElementDataType))
            throw new ModelLoadException($"The graph takes '{name}' as {input.ElementDataType.ToString().ToLowerInvariant()}; it must be int64 or int32{(name == Mask ? ", bool, float or float16" : "")}.");
    }
}

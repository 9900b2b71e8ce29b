using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.Encoders;

/// <summary>Which of a graph's outputs a task reads: the first wanted name that it has, else the only output of a fitting shape.</summary>
/// <param name="Names">Wanted names, best first.</param>
/// <param name="Ranks">Fitting numbers of dimensions, best first: 2 for one vector per input, 3 for one per token.</param>
internal sealed record OutputChoice(string[] Names, params int[] Ranks)
{
    /// <summary>Whether the second of two dimensions counts tokens, so that there is a number for each. Such an output is known by its name alone: its shape is
    /// also that of others.</summary>
    public bool IsNumberPerToken { get; private init; }

    /// <summary>An output of that name with a number for each token.</summary>
    public static OutputChoice NumberPerToken(string name) => new([name], 2) { IsNumberPerToken = true };

    /// <summary>Numbers that the output has for a token, where they are so many that they bound a run; else 1.</summary>
    public int Width { get; init; } = 1;

    /// <summary>How names begin of what exports may give beside: to take one of them for the answer would look right.</summary>
    private static readonly string[] Beside = ["pooler_output", "hidden_states", "encoder_hidden_states", "attentions", "encoder_attentions", "past", "present"];

    /// <exception cref="ModelLoadException">The graph has no such output, or several that might be meant, or its numbers are neither fp32 nor fp16.</exception>
    public string Select(IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        var fitting = outputs.Where(o => o.Value.IsTensor && Ranks.Contains(o.Value.Dimensions.Length)).Select(o => o.Key).ToArray();
        var name = Names.FirstOrDefault(fitting.Contains) ?? (IsNumberPerToken ? throw Missing() : Only(fitting, outputs));
        return outputs[name].ElementDataType is TensorElementType.Float or TensorElementType.Float16
            ? name
            : throw new ModelLoadException($"The graph's output '{name}' is {outputs[name].ElementDataType.ToString().ToLowerInvariant()}; it must be float or float16.");
    }

    private string Only(string[] fitting, IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        var others = fitting.Where(name => !Beside.Any(b => name.StartsWith(b, StringComparison.Ordinal)));
        return others.GroupBy(name => Array.IndexOf(Ranks, outputs[name].Dimensions.Length)).MinBy(g => g.Key)?.ToArray() switch
        {
            null => throw Missing(),
            [var only] => only,
            var several => throw new ModelLoadException($"The graph has no output '{Names[0]}', and several that may be meant: {string.Join(", ", several.Take(4))}{(several.Length > 4 ? ", …" : "")}. Export it with that name."),
        };
    }

    private ModelLoadException Missing() => new($"The graph has no output '{Names[0]}' of {string.Join(" or ", Ranks)} dimensions.");
}

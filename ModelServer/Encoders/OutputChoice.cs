using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using ModelServer.ModelFiles;

namespace ModelServer.Encoders;

/// <summary>Which of a graph's outputs a task reads: the first wanted name that it has, else the first output of a fitting shape.</summary>
/// <param name="Names">Wanted names, best first.</param>
/// <param name="Ranks">Fitting numbers of dimensions: 2 for one vector per input, 3 for one per token.</param>
internal sealed record OutputChoice(string[] Names, params int[] Ranks)
{
    /// <summary>Whether the second of two dimensions counts tokens, so that there is a number for each. Such an output is known by its name alone: its shape is
    /// also that of others.</summary>
    public bool IsNumberPerToken { get; private init; }

    /// <summary>An output of that name with a number for each token.</summary>
    public static OutputChoice NumberPerToken(string name) => new([name], 2) { IsNumberPerToken = true };

    /// <summary>Numbers that the output has for a token, where they are so many that they bound a run; else 1.</summary>
    public int Width { get; init; } = 1;

    /// <exception cref="ModelLoadException">The graph has no such output, or its numbers are neither fp32 nor fp16.</exception>
    public string Select(IReadOnlyDictionary<string, NodeMetadata> outputs)
    {
        var fitting = outputs.Where(o => Ranks.Contains(o.Value.Dimensions.Length)).Select(o => o.Key).ToArray();
        var name = Names.FirstOrDefault(fitting.Contains) ?? (IsNumberPerToken ? null : fitting.FirstOrDefault())
            ?? throw new ModelLoadException($"The graph has no output '{Names[0]}' of {string.Join(" or ", Ranks)} dimensions.");
        return outputs[name].ElementDataType is TensorElementType.Float or TensorElementType.Float16
            ? name
            : throw new ModelLoadException($"The graph's output '{name}' must be float or float16.");
    }
}

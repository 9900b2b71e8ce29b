using System.Collections.Frozen;

namespace Gateway.Bodies;

/// <summary>Which members of a body say how much is to be generated. Each route has its own, and ignores or refuses the others'.</summary>
internal enum BodyForm
{
    /// <summary>Nothing is generated.</summary>
    Other,

    /// <summary><c>max_tokens</c> for each of <c>n</c> answers to each <c>prompt</c>.</summary>
    Completions,

    /// <summary><c>max_completion_tokens</c>, else <c>max_tokens</c>, for each of <c>n</c> answers.</summary>
    Chat,

    /// <summary><c>max_output_tokens</c> for one answer.</summary>
    Responses,

    /// <summary><c>max_length</c>.</summary>
    Generate,

    /// <summary><c>max_length</c> in each of <c>requests</c>.</summary>
    Batch,

    /// <summary><c>max_new_tokens</c> among the <c>parameters</c>, as Text Generation Inference has it.</summary>
    Parameters,
}

internal static class BodyForms
{
    private static readonly FrozenDictionary<string, BodyForm> ByPath = new Dictionary<string, BodyForm>
    {
        ["/v1/completions"] = BodyForm.Completions,
        ["/v1/chat/completions"] = BodyForm.Chat,
        ["/v1/responses"] = BodyForm.Responses,
        ["/v1/generate"] = BodyForm.Generate,
        ["/v1/batch-generate"] = BodyForm.Batch,
        ["/generate"] = BodyForm.Parameters,
        ["/generate_stream"] = BodyForm.Parameters,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static BodyForm Of(PathString path) => ByPath.GetValueOrDefault(path.Value ?? "");
}

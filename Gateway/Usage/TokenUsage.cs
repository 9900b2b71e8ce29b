using System.Globalization;

namespace Gateway.Usage;

/// <summary>The tokens one request really took, as its model server reports them in headers that no client sees.</summary>
internal sealed class TokenUsage
{
    public const string PromptHeader = "x-usage-prompt-tokens", CompletionHeader = "x-usage-completion-tokens", ModelHeader = "x-usage-model";

    /// <summary>The model that answered, by its name alone.</summary>
    public string? Model { get; private set; }

    public long? Prompt { get; set; }

    public long? Completion { get; set; }

    /// <summary>Takes the headers off the answer.</summary>
    public void Take(IHeaderDictionary headers)
    {
        if (headers.Remove(PromptHeader, out var prompt)) Prompt = Number(prompt);
        if (headers.Remove(ModelHeader, out var model)) Model = model;
        if (headers.Remove(CompletionHeader, out var completion)) Completion = Number(completion);
    }

    private static long? Number(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
}

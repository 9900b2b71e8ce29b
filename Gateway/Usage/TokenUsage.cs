namespace Gateway.Usage;

/// <summary>The tokens one request really took, as its model server reports them in headers that no client sees.</summary>
internal sealed class TokenUsage
{
    /// <summary>The model that answered, by its name alone.</summary>
    public string? Model { get; private set; }

    public long? Prompt { get; set; }

    public long? Completion { get; set; }

    /// <summary>Takes the headers off the answer.</summary>
    public void Take(IHeaderDictionary headers)
    {
        var report = ReportedUsage.TakeFrom(headers);
        Model = report.Model ?? Model;
        Prompt = report.PromptTokens ?? Prompt;
        Completion = report.CompletionTokens ?? Completion;
    }
}

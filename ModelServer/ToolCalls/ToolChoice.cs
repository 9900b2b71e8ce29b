namespace ModelServer.ToolCalls;

/// <summary>Whether the model may, must or must not call tools.</summary>
/// <param name="Name">The only tool that may be called; null for any.</param>
internal sealed record ToolChoice(ToolChoiceMode Mode, string? Name = null)
{
    public static ToolChoice Auto { get; } = new(ToolChoiceMode.Auto);

    public static ToolChoice None { get; } = new(ToolChoiceMode.None);

    public static ToolChoice Required { get; } = new(ToolChoiceMode.Required);

    public static ToolChoice Only(string name) => new(ToolChoiceMode.Required, name);
}

internal enum ToolChoiceMode
{
    Auto,
    None,
    Required,
}

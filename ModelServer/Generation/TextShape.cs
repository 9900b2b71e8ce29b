namespace ModelServer.Generation;

/// <summary>How the continuations of one prompt become text.</summary>
internal sealed record TextShape
{
    /// <summary>Strings that end a text.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Whether the string that ends a text is its last part; else it is no part of it.</summary>
    public bool KeepsStop { get; init; }

    /// <summary>Whether special tokens are left out.</summary>
    public bool SkipsSpecialTokens { get; init; } = true;

    /// <summary>Special tokens that are kept although the others are left out; null for none.</summary>
    public IReadOnlySet<int>? Shown { get; init; }

    /// <summary>The prompt, where it is repeated before the text; else null.</summary>
    public string? Echo { get; init; }

    /// <summary>Code points of the prompt: tokens are counted from its beginning, repeated or not.</summary>
    public int PromptLength { get; init; }
}

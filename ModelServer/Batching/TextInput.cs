namespace ModelServer.Batching;

/// <summary>A text, or a text and its pair, as one input of an encoder.</summary>
internal sealed record TextInput(string Text, string? Pair = null);

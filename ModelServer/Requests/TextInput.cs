using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Requests;

/// <summary>One input of an encoder.</summary>
internal abstract record EncoderInput
{
    /// <summary>Which end gives way when truncating; what the tokenizer says if null.</summary>
    public TruncationSide? Side { get; init; }

    /// <summary>What of its row is asked for, in numbers that its task understands; empty for what every request of the task gets. Rows of different wishes are remembered apart.</summary>
    public int[] Asked { get; init; } = [];

    public static EncoderInput[] Of(TextsOrIds input)
        => Array.ConvertAll(input.Items, EncoderInput (item) => item.Text is { } text ? new TextInput(text) : new TokenInput(item.Ids!));
}

/// <summary>A text, or a text and its pair.</summary>
internal sealed record TextInput(string Text, string? Pair = null) : EncoderInput
{
    /// <summary>Which text gives way when truncating; what the tokenizer says if null.</summary>
    public TruncationStrategy? Truncation { get; init; }

    /// <summary>The most tokens of the pair that are read; null for all.</summary>
    public int? PairTokens { get; init; }

    /// <summary>Parts of the text in which special tokens are plain text, in order: what a caller wrote into a template. Null for none.</summary>
    public TextSpan[]? PlainParts { get; init; }

    /// <summary>What messages call the pair, where it has a field of its own.</summary>
    public string? PairField { get; init; }
}

/// <summary>What a task has tokenized itself, with the tokens of the template: it fits the model.</summary>
internal record EncodedInput(int[] Ids, int[] TypeIds) : EncoderInput;

/// <summary>Token ids as the model takes them: nothing is added.</summary>
internal sealed record TokenInput(int[] Ids) : EncoderInput;

/// <summary>A prompt of a generator.</summary>
/// <param name="Input">A text, or token ids as the model takes them.</param>
/// <param name="AddSpecialTokens">Whether a text gets the tokens that the tokenizer's template adds.</param>
internal sealed record TextPrompt(EncoderInput Input, bool AddSpecialTokens = true);

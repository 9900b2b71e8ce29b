using ModelServer.ModelFiles;
using ModelServer.Tokenization;

namespace ModelServer.FillMask;

/// <summary>The token that stands for what is to be found.</summary>
internal sealed record MaskToken(int Id, string Text)
{
    /// <summary>What files that name none mean.</summary>
    private static readonly string[] Usual = ["[MASK]", "<mask>"];

    /// <exception cref="ModelLoadException">The tokenizer has none.</exception>
    public static MaskToken Of(HuggingFaceTokenizer tokenizer)
    {
        var text = tokenizer.Config.Role("mask_token") ?? Array.Find(Usual, t => tokenizer.TokenToId(t) is not null);
        return text is not null && tokenizer.TokenToId(text) is { } id
            ? new(id, text)
            : throw new ModelLoadException("The tokenizer has no mask token: tokenizer_config.json names none (mask_token) that is in the vocabulary.");
    }
}

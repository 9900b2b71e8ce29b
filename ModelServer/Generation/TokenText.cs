using System.Text;
using System.Text.Unicode;
using ModelServer.Tokenization;

namespace ModelServer.Generation;

/// <summary>What a token stands for.</summary>
/// <param name="Text">Null where the bytes are no whole characters.</param>
/// <param name="Bytes">Its own; those of the text in UTF-8 where there is one.</param>
internal readonly record struct TokenText(string? Text, byte[] Bytes)
{
    /// <summary>That of a token behind another: at the beginning of a text some decoders leave out a space that belongs to it.</summary>
    /// <param name="previous">Null for the first.</param>
    public static TokenText Of(HuggingFaceTokenizer tokenizer, int? previous, int id)
    {
        if (tokenizer.BytesOf(id) is { } bytes) return new(Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null, bytes);
        var text = previous is { } before ? After(tokenizer, before, id) : tokenizer.Decode([id], skipSpecialTokens: false);
        return new(text, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>As a string in any case: what is no whole character as OpenAI writes it, <c>\xf0\x9f</c>.</summary>
    /// <param name="mark">Before such bytes.</param>
    public string Spell(string mark = "") => Text ?? mark + string.Concat(Bytes.Select(b => $"\\x{b:x2}"));

    private static string After(HuggingFaceTokenizer tokenizer, int previous, int id)
    {
        var before = tokenizer.Decode([previous], skipSpecialTokens: false);
        var both = tokenizer.Decode([previous, id], skipSpecialTokens: false);
        return both.StartsWith(before, StringComparison.Ordinal) ? both[before.Length..] : tokenizer.Decode([id], skipSpecialTokens: false);
    }
}

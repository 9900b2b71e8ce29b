using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>What a tokenizer looks for in text: a regular expression, a string, or one code point of a set. It never matches nothing.</summary>
internal sealed class TextPattern(PatternNode start)
{
    /// <summary>The regular expression of GPT-2, which byte-level tokenizers have built in.</summary>
    public static TextPattern Gpt2 { get; } =
        new(PatternParser.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"));

    /// <summary>Reads {"Regex": …} or {"String": …}.</summary>
    public static TextPattern Read(JsonPart part)
    {
        if (part.Find("String") is { } literal)
        {
            return literal.Text.Length > 0 ? Of(literal.Text) : throw literal.Invalid(" is empty");
        }

        var regex = part.Member("Regex");
        try
        {
            var start = PatternParser.Parse(regex.Text);
            return start.Match("", 0) < 0 ? new(start) : throw new NotSupportedException("a match of nothing");
        }
        catch (NotSupportedException e)
        {
            throw new UnsupportedTokenizerException($"regular expression with {e.Message} is not supported yet ({regex.Path})");
        }
    }

    /// <summary>Up to so many code points of a set.</summary>
    public static TextPattern Of(Func<int, bool> contains, int max = 1) => new(new SetNode(new(contains), 1, max, possessive: true, new AcceptNode()));

    public static TextPattern Of(string literal)
    {
        PatternNode node = new AcceptNode();
        for (var rest = literal.AsSpan(); !rest.IsEmpty; rest = rest[..^CodePoint.LengthBefore(rest, rest.Length)])
        {
            var last = CodePoint.ReadLast(rest);
            node = new SetNode(new(c => c == last), 1, 1, possessive: true, node);
        }

        return new(node);
    }

    /// <summary>The next match at or after <paramref name="from"/>; an empty range at the end of the text where there is none.</summary>
    public TextSpan Next(ReadOnlySpan<char> text, int from)
    {
        for (int length; from < text.Length; from += length)
        {
            if (start.Match(text, from) is var end && end > from) return new(from, end);
            length = CodePoint.LengthAt(text, from);
        }

        return new(text.Length, text.Length);
    }
}

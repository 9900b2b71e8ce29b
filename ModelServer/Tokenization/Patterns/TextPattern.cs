using System.Buffers;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Patterns;

/// <summary>What a tokenizer looks for in text: a regular expression, a string, or code points of a set. <see cref="PatternMatcher"/> finds it.</summary>
internal sealed class TextPattern
{
    private const int LongestBeginning = 16;

    private TextPattern(PatternNode start, string? literal = null)
    {
        (Start, Literal, Slots) = (start, literal, PatternNode.Complete(start));
        var begins = new PatternBeginnings();
        MayBegin = [.. Enumerable.Range(0, 128).Select(c => begins.Contains(start, (char)c))];
        Skipped = SearchValues.Create([.. Enumerable.Range(0, 128).Where(c => !MayBegin[c]).Select(c => (char)c)]);
        if (start is { Step: PatternStep.One or PatternStep.Many, Min: > 0, Set.Only: { } only }) Beginning = new((char)only, Math.Min(start.Min, LongestBeginning));
    }

    /// <summary>The regular expression of GPT-2, which byte-level tokenizers have built in.</summary>
    public static TextPattern Gpt2 { get; } =
        new(PatternParser.Parse(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", out _));

    public PatternNode Start { get; }

    /// <summary>The string that is looked for, where it is one.</summary>
    public string? Literal { get; }

    /// <summary>What every match begins with, where that is known; else empty.</summary>
    public string Beginning { get; } = "";

    /// <summary>How many steps of the pattern have more than one way to go on.</summary>
    public int Slots { get; }

    /// <summary>Whether a match may begin with this ASCII character.</summary>
    public bool[] MayBegin { get; }

    /// <summary>The ASCII characters with which none begins.</summary>
    public SearchValues<char> Skipped { get; }

    /// <summary>Reads {"Regex": …} or {"String": …}.</summary>
    /// <param name="part">The section.</param>
    /// <param name="mayBeEmpty">Whether the expression may match nothing.</param>
    public static TextPattern Read(JsonPart part, bool mayBeEmpty = false)
    {
        if (part.Find("String") is { } literal)
        {
            return literal.Text.Length > 0 ? Of(literal.Text) : throw literal.Invalid(" is empty");
        }

        var regex = part.Member("Regex");
        try
        {
            var start = PatternParser.Parse(regex.Text, out var shortest);
            return shortest > 0 || mayBeEmpty ? new(start) : throw new NotSupportedException("a match of nothing");
        }
        catch (NotSupportedException e)
        {
            throw new UnsupportedTokenizerException($"regular expression with {e.Message} is not supported yet ({regex.Path})");
        }
    }

    /// <summary>A regular expression.</summary>
    /// <exception cref="NotSupportedException">The message names what is not supported.</exception>
    public static TextPattern Regex(string pattern) => new(PatternParser.Parse(pattern, out _));

    /// <summary>Up to so many code points of a set.</summary>
    public static TextPattern Of(Func<int, bool> contains, int max = 1) => new(PatternNode.Of(new(contains), 1, max, Repetition.Possessive, PatternNode.Accept()));

    public static TextPattern Of(string literal)
    {
        var first = CodePoint.Read(literal, 0, out _);
        return new(PatternNode.Of(new(c => c == first), 1, 1, Repetition.Greedy, PatternNode.Accept()), literal);
    }
}

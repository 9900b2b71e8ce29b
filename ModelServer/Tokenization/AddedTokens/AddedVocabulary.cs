using System.Collections.Frozen;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.AddedTokens;

/// <summary>The "added_tokens" section over the model's vocabulary.</summary>
internal sealed class AddedVocabulary
{
    private readonly FrozenDictionary<int, AddedToken> _byId;
    private readonly FrozenDictionary<string, AddedToken> _byContent;
    private readonly AddedTokenMatcher _verbatim, _normalized;
    private readonly FrozenSet<string> _special;

    public AddedVocabulary(IReadOnlyList<AddedToken> tokens, ITextNormalizer? normalizer)
    {
        _byId = tokens.ToFrozenDictionary(t => t.Id);
        IdLimit = tokens.Select(t => t.Id + 1).DefaultIfEmpty().Max();
        _byContent = tokens.ToFrozenDictionary(t => t.Content);
        _special = tokens.Where(t => t.Special).Select(t => t.Content).ToFrozenSet();
        Shortest = tokens.Select(t => t.Content.Length).DefaultIfEmpty(int.MaxValue).Min();
        // Of tokens that look the same once normalized, the reference finds the special ones first.
        var ordered = tokens.OrderByDescending(t => t.Special).ToList();
        _verbatim = new(ordered.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalized = new(ordered.Where(t => t.Normalized).Select(t => (Normalize(t.Content, normalizer), t)));
    }

    /// <summary>One more than the highest id; 0 without added tokens.</summary>
    public int IdLimit { get; }

    /// <summary>The fewest units that a token takes of a text.</summary>
    public int Shortest { get; }

    public bool IsSpecial(string token) => _special.Contains(token);

    /// <summary>The longest special token that a text begins with, or null.</summary>
    public AddedToken? SpecialAt(string text) => _byId.Values.Where(t => t.Special && t.Content.Length > 0 && text.StartsWith(t.Content, StringComparison.Ordinal)).MaxBy(t => t.Content.Length);

    public AddedToken? Find(int id) => _byId.GetValueOrDefault(id);

    public AddedToken? Find(string content) => _byContent.GetValueOrDefault(content);

    /// <summary>Tokens that are looked for in the text as it came.</summary>
    public AddedTokenMatcher Verbatim => _verbatim;

    /// <summary>Tokens that are looked for in the normalized text.</summary>
    public AddedTokenMatcher Normalized => _normalized;

    private static string Normalize(string content, ITextNormalizer? normalizer)
    {
        var text = new NormalizedText();
        text.Load(CodePoint.WellFormed(content), 0);
        normalizer?.Normalize(text);
        return new(text.Chars);
    }
}

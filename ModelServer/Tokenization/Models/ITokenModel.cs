using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Models;

/// <summary>The "model" section: turns a word into tokens of its vocabulary. Shared between threads.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>The token of what is in no other; null where there is none, as with byte fallback.</summary>
    int? UnknownId { get; }

    /// <summary>Whether tokens that continue a word are spelled with a prefix of their own, such as "##".</summary>
    bool MarksContinuations => false;

    /// <summary>Appends the tokens of a word that is well formed and not empty. At most n log n in its length.</summary>
    void Tokenize(ReadOnlySpan<char> word, PieceList pieces);

    /// <summary>The most tokens that can come of one unit, ASCII or not.</summary>
    int MaxTokens(bool ascii) => 1;
}

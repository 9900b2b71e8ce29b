namespace ModelServer.Tokenization;

/// <summary>The "model" section: turns a word into tokens of its vocabulary. Shared between threads.</summary>
internal interface ITokenModel
{
    Vocabulary Vocabulary { get; }

    /// <summary>Appends the tokens of a word that is well formed and not empty. Linear in its length.</summary>
    void Tokenize(ReadOnlySpan<char> word, PieceList pieces);
}

using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Models;

/// <summary>Each word is a token, or unknown.</summary>
internal sealed class WordLevelModel(Vocabulary vocabulary, int unknown) : ITokenModel
{
    public Vocabulary Vocabulary => vocabulary;

    public int? UnknownId => unknown;

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces) => pieces.Add(vocabulary.IdOf(word) ?? unknown, 0, word.Length);
}

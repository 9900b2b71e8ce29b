using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Models;

/// <summary>The longest piece that fits, again and again; a word that cannot be covered so is unknown as a whole.</summary>
internal sealed class WordPieceModel : ITokenModel
{
    private readonly PieceTrie _pieces;
    private readonly int _unknown, _maxWordLength, _continuation;

    /// <param name="vocabulary">Pieces; those that continue a word begin with <paramref name="continuationPrefix"/>.</param>
    /// <param name="unknown">The id of a word that has no pieces.</param>
    /// <param name="continuationPrefix">Usually "##".</param>
    /// <param name="maxWordLength">Longer words are unknown; in code points.</param>
    public WordPieceModel(Vocabulary vocabulary, int unknown, string continuationPrefix, int maxWordLength)
    {
        Vocabulary = vocabulary;
        _unknown = unknown;
        _maxWordLength = maxWordLength;
        MarksContinuations = continuationPrefix.Length > 0;
        _pieces = new(vocabulary.Ids);
        _continuation = _pieces.Walk(PieceTrie.Root, continuationPrefix);
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId => _unknown;

    public bool MarksContinuations { get; }

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
    {
        var before = pieces.Count;
        var tooLong = word.Length > _maxWordLength && CodePoint.Count(word) > _maxWordLength;
        for (var start = 0; start < word.Length;)
        {
            var node = tooLong ? PieceTrie.None : start == 0 ? PieceTrie.Root : _continuation;
            var id = _pieces.Longest(node, word[start..], out var length);
            if (id == PieceTrie.None)
            {
                pieces.Truncate(before);
                pieces.Add(_unknown, 0, word.Length);
                return;
            }

            pieces.Add(id, start, start + length);
            start += length;
        }
    }
}

using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Models;

public sealed class WordCacheTests
{
    // Words that share their first and last units, and some longer than are remembered.
    [Fact]
    public void Tokenize_WordsThatDifferInOneUnit_AreToldApart()
    {
        var (model, words, random) = (new Numbering(), new List<string>(), new Random(7));
        var cache = new WordCache(model);
        for (var length = 1; length < 36; length++)
        {
            var word = new string('a', length);
            words.Add(word);
            for (var i = 0; i < length; i++) words.AddRange([$"{word[..i]}b{word[(i + 1)..]}", $"{word[..i]}\u0161{word[(i + 1)..]}"]);
        }

        for (var round = 0; round < 3; round++)
        {
            foreach (var word in words.OrderBy(_ => random.Next()))
            {
                var (expected, actual) = (new PieceList(), new PieceList { Origin = 5 });
                model.Tokenize(word, expected);
                cache.Tokenize(word, actual);
                Assert.Equal(expected.Pieces.ToArray().Select(p => new Piece(p.Id, p.Start + 5, p.End + 5)), actual.Pieces.ToArray());
            }
        }
    }

    [Fact]
    public void Tokenize_AWordAgain_DoesNotAskTheModel()
    {
        var model = new Numbering();
        var cache = new WordCache(model);
        for (var i = 0; i < 3; i++) cache.Tokenize("again", new());
        Assert.Equal(1, model.Asked);
    }

    /// <summary>Gives each word tokens of its own: one, none or two, by its length.</summary>
    private sealed class Numbering : ITokenModel
    {
        private readonly Dictionary<string, int> _ids = [];

        public int Asked { get; private set; }

        public Vocabulary Vocabulary => throw new NotSupportedException();

        public int? UnknownId => null;

        public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
        {
            Asked++;
            var key = word.ToString();
            if (!_ids.TryGetValue(key, out var id)) _ids[key] = id = _ids.Count * 2;
            if (word.Length % 7 == 3) return;
            if (word.Length % 5 != 2) pieces.Add(id, 0, word.Length);
            if (word.Length % 5 != 4) pieces.Add(id + 1, word.Length / 2, word.Length);
        }
    }
}

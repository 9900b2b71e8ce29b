using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Models;

public sealed class UnigramModelTests
{
    private static readonly string[] Pieces = ["<unk>", "a", "b", "ab", "aab", "aa", "<0xC3>", "<0xA9>"];

    // The example of the reference library's own tests, and ties: of two ways that score the same, the one whose last piece begins earlier.
    [Theory]
    [InlineData("ab", "3[0-2]")]
    [InlineData("aab", "4[0-3]")]
    [InlineData("bb", "2[0-1] 2[1-2]")]
    [InlineData("aaa", "1[0-1] 5[1-3]")]
    [InlineData("axya", "1[0-1] 0[1-3] 1[3-4]")]
    [InlineData("éa", "6[0-1] 7[0-1] 1[1-2]")]
    [InlineData("éxa", "0[0-2] 1[2-3]")]
    [InlineData("🎉", "0[0-2]")]
    public void Tokenize_Word_IsCutAsScoredHighest(string word, string expected) => Assert.Equal(expected, Cut(Model(byteFallback: true), word));

    [Fact]
    public void Tokenize_UnknownCharactersThatSpellAPiece_AreThatPiece()
    {
        // Every piece scores so high that two unknown characters together score more than the piece they spell.
        var model = new UnigramModel(new Vocabulary(["<unk>", "xy", "a"], "test"), [100, 20, 100], unknown: 0, byteFallback: false);
        Assert.Equal("1[0-2]", Cut(model, "xy"));
    }

    [Fact]
    public void Tokenize_PieceThatIsListedTwice_IsTheLast() =>
        Assert.Equal("2[0-1]", Cut(new(new Vocabulary(["<unk>", "a", "a"], "test"), [0, -1, -2], unknown: 0, byteFallback: false), "a"));

    // Linear work takes milliseconds, quadratic work hours.
    [Theory]
    [InlineData("a")]
    [InlineData("x")]
    [InlineData("ab")]
    public void Tokenize_OneMillionUnits_IsLinear(string unit)
    {
        var word = string.Concat(Enumerable.Repeat(unit, (1 << 20) / unit.Length));
        var pieces = new PieceList();
        var started = TimeProvider.System.GetTimestamp();
        Model(byteFallback: true).Tokenize(word, pieces);
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20));
        Assert.Equal(word.Length, pieces.Pieces[^1].End);
    }

    private static UnigramModel Model(bool byteFallback) => new(new Vocabulary(Pieces, "test"), [0, -1, -2, -3, -4, -2, 0, 0], unknown: 0, byteFallback);

    private static string Cut(UnigramModel model, string word)
    {
        var pieces = new PieceList();
        model.Tokenize(word, pieces);
        return string.Join(' ', pieces.Pieces.ToArray().Select(p => $"{p.Id}[{p.Start}-{p.End}]"));
    }
}

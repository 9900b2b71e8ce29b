using ModelServer.Tokenization.Models;

namespace ModelServer.Tests.Tokenization.Models;

public sealed class PieceTrieTests
{
    // Some beginnings go on with hundreds of characters, others with one.
    [Fact]
    public void Longest_AnyText_IsTheLongestOfTheStrings()
    {
        var random = new Random(3);
        var values = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = 7 };
        for (var i = 0; i < 4000; i++) values[Text(random)] = i;
        var trie = new PieceTrie(values);
        for (var i = 0; i < 20_000; i++)
        {
            var text = $"{Text(random)}{Text(random)}";
            var (expected, length) = (PieceTrie.None, 0);
            for (var end = 1; end <= text.Length; end++) if (values.TryGetValue(text[..end], out var value)) (expected, length) = (value, end);
            Assert.Equal(expected, trie.Longest(PieceTrie.Root, text, out var found));
            Assert.Equal(length, found);
            Assert.Equal(trie.Walk(PieceTrie.Root, text), text.Aggregate(PieceTrie.Root, (node, c) => node == PieceTrie.None ? node : trie.Step(node, c, out _)));
        }
    }

    [Fact]
    public void Longest_WithoutStrings_FindsNothing() => Assert.Equal(PieceTrie.None, new PieceTrie([]).Longest(PieceTrie.Root, "a", out _));

    [Fact]
    public void Longest_LongStringsThatShareAllButTheLastUnit_AreToldApart()
    {
        var beginning = new string('a', 50_000);
        var trie = new PieceTrie([new($"{beginning}b", 1), new($"{beginning}c", 2), new(beginning, 3)]);
        Assert.Equal(2, trie.Longest(PieceTrie.Root, $"{beginning}cb", out _));
        Assert.Equal(3, trie.Longest(PieceTrie.Root, $"{beginning}a", out _));
    }

    private static string Text(Random random)
    {
        const string few = "▁ab🎉é";
        return string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(3) > 0 ? few[random.Next(few.Length)] : (char)random.Next(32, 400)));
    }
}

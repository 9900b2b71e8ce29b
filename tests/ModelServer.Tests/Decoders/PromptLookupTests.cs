using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

public class PromptLookupTests
{
    /// <summary>The longest suffix that came before decides, and of its places the latest.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(30)]
    public void Guess_AnySequence_GoesOnAsBehindTheLongestLatestMatch(int vocabulary)
    {
        for (var seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            List<int> tokens = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocabulary))];
            var lookup = new PromptLookup([.. tokens]);
            for (var i = 0; i < 60; i++)
            {
                var guess = new int[random.Next(1, 9)];
                Assert.Equal(Searched(tokens, guess.Length), guess.AsSpan(0, lookup.Guess(guess)).ToArray());
                tokens.Add(random.Next(vocabulary));
                lookup.Append(tokens[^1]);
            }
        }
    }

    [Fact]
    public void Guess_TokensThatRepeatThemselves_GoesOnIntoItself()
    {
        var lookup = new PromptLookup([9, 1, 2, 3, 1, 2, 3, 1]);
        var guess = new int[7];

        Assert.Equal(7, lookup.Guess(guess));
        Assert.Equal([2, 3, 1, 2, 3, 1, 2], guess);
    }

    [Fact]
    public void Guess_NoRoom_IsNone() => Assert.Equal(0, new PromptLookup([1, 1, 1, 1]).Guess([]));

    /// <summary>Were a token to cost more the more there are, this would take minutes.</summary>
    [Fact]
    public void Append_ManyTokensThatAllMatch_CostsTheSameForEach()
    {
        var lookup = new PromptLookup(new int[1000]);
        var guess = new int[8];
        for (var i = 0; i < 300_000; i++)
        {
            lookup.Append(0);
            Assert.Equal(8, lookup.Guess(guess));
        }
    }

    private static int[] Searched(List<int> tokens, int count)
    {
        for (var length = PromptLookup.Longest; length >= PromptLookup.Shortest; length--)
        {
            for (var end = tokens.Count - 1; end >= length; end--)
            {
                if (!tokens[(end - length)..end].SequenceEqual(tokens[Math.Max(0, tokens.Count - length)..])) continue;
                List<int> all = [.. tokens];
                for (var i = 0; i < count; i++) all.Add(all[end + i]);
                return [.. all[tokens.Count..]];
            }
        }

        return [];
    }
}

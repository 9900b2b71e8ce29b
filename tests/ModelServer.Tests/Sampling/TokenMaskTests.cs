using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class TokenMaskTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(71)]
    [InlineData(1000)]
    [InlineData(4096)]
    public void Apply_AnyMask_LeavesThoseAllowedAlone(int vocabulary)
    {
        var random = new Random(vocabulary);
        for (var share = 0; share <= 4; share++)
        {
            var allowed = Enumerable.Range(0, vocabulary).Select(_ => random.Next(4) < share).ToArray();
            var words = new ulong[(vocabulary + 63) / 64];
            for (var id = 0; id < vocabulary; id++)
                if (allowed[id]) words[id / 64] |= 1UL << (id % 64);
            var logits = Enumerable.Range(0, vocabulary).Select(i => MathF.Sin(i)).ToArray();

            TokenMask.Apply(words, logits);

            for (var id = 0; id < vocabulary; id++) Assert.Equal(allowed[id] ? MathF.Sin(id) : float.NegativeInfinity, logits[id]);
        }
    }

    [Fact]
    public void Apply_MaskOfFewerTokens_ForbidsTheRest()
    {
        var logits = new float[130];

        TokenMask.Apply([ulong.MaxValue], logits);

        Assert.Equal(64, logits.Count(l => l == 0));
    }

    [Fact]
    public void AllowsOthers_SomeTokens_AreNotCounted()
    {
        ulong[] allowed = [0b1010, 1];

        Assert.True(TokenMask.AllowsOthers(allowed, [1, 3]));
        Assert.False(TokenMask.AllowsOthers(allowed, [1, 3, 64]));
        Assert.True(TokenMask.AllowsOthers(allowed, [0, 2]));
    }
}

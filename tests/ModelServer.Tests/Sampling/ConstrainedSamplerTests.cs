using ModelServer.Sampling;

namespace ModelServer.Tests.Sampling;

public sealed class ConstrainedSamplerTests
{
    private static readonly SamplingBuffers Buffers = new();

    [Fact]
    public void Next_Constraint_WinsOverBiasPenaltiesAndLogits()
    {
        var options = new SamplingOptions
        {
            Temperature = 0,
            PresencePenalty = 2,
            RepetitionPenalty = 5,
            LogitBias = new Dictionary<int, float> { [0] = 100, [2] = -100 },
        };
        var sampler = new SequenceSampler(options, [2], [], minTokens: 0, new OnlyTokens(2, 3));

        // Of the two that may come the better one, and never one that may not.
        Assert.Equal([3, 3, 3, 3, 3], Enumerable.Range(0, 5).Select(_ => sampler.Next([90, 80, 70, 60, 50], Buffers).Id));
        Assert.Equal(2, new SequenceSampler(options, [2], [], minTokens: 0, new OnlyTokens(2)).Next([90, 80, 70, 60, 50], Buffers).Id);
    }

    [Fact]
    public void Next_ConstraintAndCutOffs_DrawsAmongThoseAllowed()
    {
        var sampler = new SequenceSampler(new() { Seed = 3, TopP = 0.9f, TopK = 3, MinP = 0.1f }, [], [], minTokens: 0, new OnlyTokens(1, 4));

        var drawn = Enumerable.Range(0, 500).Select(_ => sampler.Next([50, 1, 50, 50, 1.5f], Buffers).Id).ToHashSet();

        Assert.Equal([1, 4], drawn.Order());
    }

    [Fact]
    public void Next_Logprobs_AreOfTheConstrainedDistribution()
    {
        var sampler = new SequenceSampler(new() { Temperature = 0, TopLogprobs = 5 }, [], [], minTokens: 0, new OnlyTokens(1, 2));

        var token = sampler.Next([10, 1, 1, 10], Buffers);

        Assert.Equal(MathF.Log(0.5f), token.Logprob, 1e-5f);
        Assert.Equal([1, 2], token.Top.Select(t => t.Id));
    }

    [Fact]
    public void Next_MinTokens_GiveWayWhereNothingButAnEndTokenMayCome()
    {
        var sampler = new SequenceSampler(new() { Temperature = 0 }, [], [1], minTokens: 10, new OnlyTokens(1));
        Assert.Equal(1, sampler.Next([5, 0, 5], Buffers).Id);

        var other = new SequenceSampler(new() { Temperature = 0 }, [], [1], minTokens: 1, new OnlyTokens(1, 2));
        Assert.Equal([2, 1], [other.Next([9, 9, 0], Buffers).Id, other.Next([9, 9, 0], Buffers).Id]);
    }

    private sealed class OnlyTokens(params int[] tokens) : ITokenConstraint
    {
        private readonly ulong[] _words = [tokens.Aggregate(0UL, (word, id) => word | (1UL << id))];

        public ReadOnlySpan<ulong> Allowed => _words;

        public bool MayEnd => false;

        public bool IsComplete => false;

        public void Accept(int token)
        {
        }
    }
}

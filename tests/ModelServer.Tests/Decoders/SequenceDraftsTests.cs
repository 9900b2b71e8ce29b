using ModelServer.Decoders;
using ModelServer.Sampling;

namespace ModelServer.Tests.Decoders;

public class SequenceDraftsTests
{
    private static readonly DecoderRequest Greedy = TinyDecoder.Greedy([1, 2, 3, 1, 2], 8);

    /// <summary>What chooses by more than the best logit is not drafted.</summary>
    [Fact]
    public void Suit_AnyRequest_TakesPlainGreedyOnesAlone()
    {
        Assert.True(SequenceDrafts.Suit(Greedy with { EndTokens = [3] }));
        Assert.False(SequenceDrafts.Suit(Greedy with { MinTokens = 1 }));
        Assert.False(SequenceDrafts.Suit(Greedy with { Constraint = new AnyToken() }));
        foreach (var sampling in new SamplingOptions[]
        {
            new() { Temperature = 0.1f }, new() { Temperature = 0, TopLogprobs = 0 }, new() { Temperature = 0, RepetitionPenalty = 1.1f }, new() { Temperature = 0, PresencePenalty = 1 },
            new() { Temperature = 0, FrequencyPenalty = 1 }, new() { Temperature = 0, LogitBias = new Dictionary<int, float> { [1] = 1 } },
        })
            Assert.False(SequenceDrafts.Suit(Greedy with { Sampling = sampling }), sampling.ToString());
    }

    [Fact]
    public void Make_RoomForFewer_GuessesNoMore()
    {
        var drafts = new SequenceDrafts(new DraftRules(Most: 8, Margin: 1), Greedy.Prompt);

        Assert.Equal(0, drafts.Make(held: 4, room: 0));
        Assert.Equal(1, drafts.Make(held: 4, room: 1));
        Assert.Equal([3], drafts.Tokens.ToArray());
    }

    /// <summary>Until a run over several tokens, every choice is sure; from then on the clear ones, until the row goes back to before it.</summary>
    [Fact]
    public void End_ChoiceThatIsTooClose_GoesBackToBeforeTheFirstRunOverSeveral()
    {
        var drafts = new SequenceDrafts(new DraftRules(Most: 8, Margin: 1), Greedy.Prompt);
        Assert.True(drafts.IsSure([0, 1, 1, 0]));
        Assert.Equal(4, drafts.End(held: 4));

        // 1. Of a draft of two the first comes, then another token.
        Assert.Equal(2, drafts.Make(held: 4, room: 8));
        Assert.True(drafts.IsSure([0, 0, 0, 5]));
        drafts.Append(3);
        Assert.Equal((1, true), (drafts.Right, drafts.IsRight));
        Assert.True(drafts.IsSure([0, 0, 5, 0]));
        drafts.Append(2);
        Assert.Equal((1, false), (drafts.Right, drafts.IsRight));
        Assert.Equal(6, drafts.End(held: 6));

        // 2. A step of its own behind them.
        drafts.Append(0);
        Assert.False(drafts.IsSure([0, 4, 4.5f, 0]));
        Assert.Equal(4, drafts.End(held: 7));

        // 3. What is run again is as if nothing had been drafted, and nothing is for a while.
        Assert.True(drafts.IsSure([0, 4, 4.5f, 0]));
        Assert.Equal(0, drafts.Make(held: 7, room: 8));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void IsSure_LogitsThatAreNoNumbers_IsNot(float bad)
    {
        var drafts = new SequenceDrafts(new DraftRules(Most: 8, Margin: 1), Greedy.Prompt);
        drafts.Make(held: 4, room: 8);

        Assert.False(drafts.IsSure([0, bad, bad, 0]));
    }

    private sealed class AnyToken : ITokenConstraint
    {
        public ReadOnlySpan<ulong> Allowed => [];

        public bool MayEnd => true;

        public bool IsComplete => false;

        public void Accept(int token)
        {
        }
    }
}

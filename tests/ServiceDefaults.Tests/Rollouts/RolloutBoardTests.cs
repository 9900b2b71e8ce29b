using ServiceDefaults.Rollouts;

namespace ServiceDefaults.Tests.Rollouts;

public class RolloutBoardTests
{
    [Fact]
    public void Hear_OlderOrSameRevision_IsNoNews()
    {
        var board = new RolloutBoard();
        List<long> told = [];
        board.Changed += rollout => told.Add(rollout.Revision);

        Assert.Equal([true, false, false, true], new[] { 3L, 2, 3, 4 }.Select(revision => board.Hear(new("m", revision))));

        Assert.Equal([3, 4], told);
        Assert.Equal(4, board.Of("m")?.Revision);
        Assert.Null(board.Of("n"));
    }

    [Fact]
    public void Hear_FromManyThreads_EndsWithTheHighest_InOrder()
    {
        var board = new RolloutBoard();
        List<long> told = [];
        board.Changed += rollout => told.Add(rollout.Revision);

        Parallel.For(1, 1_000, revision => board.Hear(new("m", revision)));

        Assert.Equal(999, board.Of("m")?.Revision);
        Assert.Equal(told.Order(), told);
    }

    /// <summary>The store lost its documents, and a new line of them has come as far as what is known here.</summary>
    [Fact]
    public void Hear_SameRevisionOfAnotherLine_TakesIt()
    {
        var board = new RolloutBoard();
        board.Hear(new("m", 3) { Active = "1", ChangedAt = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        Assert.True(board.Hear(new("m", 3) { Active = "2", ChangedAt = new(2030, 1, 2, 0, 0, 0, TimeSpan.Zero) }));

        Assert.Equal("2", board.Of("m")?.Active);
    }
}

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
}

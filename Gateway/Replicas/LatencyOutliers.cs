namespace Gateway.Replicas;

/// <summary>Ejects a replica that still answers but in round after round takes many times as long as the others.</summary>
internal static class LatencyOutliers
{
    /// <summary>The fewest answers in a round whose mean counts.</summary>
    public const int MinAnswers = 10;

    /// <summary>The slow rounds in a row after which a replica is ejected.</summary>
    public const int Rounds = 3;

    public static void Eject(IReadOnlyList<Replica> available, ReplicaOptions options)
    {
        var rounds = available.Select(r => (Replica: r, Times: r.Times.Reset())).Where(r => r.Times.Count >= MinAnswers).ToArray();
        foreach (var (replica, times) in rounds)
        {
            var others = rounds.Where(r => r.Replica != replica).Select(r => r.Times.Mean).Order().ToArray();
            var isSlow = others.Length > 0 && times.Mean > options.OutlierTime && times.Mean > others[others.Length / 2] * options.OutlierFactor;
            replica.SlowRounds = isSlow ? replica.SlowRounds + 1 : 0;
            if (replica.SlowRounds < Rounds) continue;
            replica.SlowRounds = 0;
            replica.Eject(FailureKind.Slow);
        }
    }
}

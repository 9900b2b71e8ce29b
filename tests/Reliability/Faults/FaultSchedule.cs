namespace Reliability.Faults;

/// <summary>Which fault happens when, and with what luck. Both come from the seed alone, on any machine.</summary>
internal static class FaultSchedule
{
    /// <summary>The faults of a pass in the order of this seed and pass. The calm is first: it says what the load is like.</summary>
    public static IReadOnlyList<Fault> Order(IReadOnlyList<Fault> faults, int seed, int pass)
    {
        Fault[] order = [.. faults.Where(f => f.Name != "calm")];
        RandomOf(seed, $"pass {pass}").Shuffle(order);
        return [.. faults.Where(f => f.Name == "calm"), .. order];
    }

    /// <summary>A fault's random numbers: the same for a seed and pass, whichever other faults happen.</summary>
    public static Random Of(Fault fault, int seed, int pass) => RandomOf(seed, $"{pass} {fault.Name}");

    /// <summary>FNV-1a: a string's own hash code differs by process.</summary>
    private static Random RandomOf(int seed, string name)
    {
        var hash = 2166136261u;
        foreach (var letter in $"{seed} {name}") hash = (hash ^ letter) * 16777619u;
        return new((int)hash);
    }
}

using System.Diagnostics;

namespace Benchmarks.Scenarios;

/// <summary>Counts rounds, and begins none that would end too late if it took as long as the one before.</summary>
internal sealed class RoundLimit(int rounds, TimeSpan limit)
{
    private readonly long _begin = Stopwatch.GetTimestamp();
    private TimeSpan _start;

    /// <summary>From 1 on.</summary>
    public int Current { get; private set; }

    public bool TryBegin()
    {
        var now = Stopwatch.GetElapsedTime(_begin);
        if (Current == rounds) return false;
        if (Current > 0 && now + (now - _start) > limit)
        {
            Console.Error.WriteLine($"Round {Current + 1} left out: the run would take more than {limit.TotalMinutes:0.#} minutes.");
            return false;
        }

        (_start, Current) = (now, Current + 1);
        return true;
    }
}

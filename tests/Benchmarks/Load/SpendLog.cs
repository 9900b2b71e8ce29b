using System.Collections.Concurrent;

namespace Benchmarks.Load;

/// <summary>When how many units passed, and how many there were at most in any minute, wherever it begins.</summary>
internal sealed class SpendLog
{
    private const double Minute = 60;
    private readonly ConcurrentQueue<(double At, long Units)> _spent = new();

    public void Add(double at, long units) => _spent.Enqueue((at, units));

    public long Total(double from, double to) => _spent.Where(s => s.At >= from && s.At < to).Sum(s => s.Units);

    /// <summary>Of the minutes that end between the two.</summary>
    public long MostInAMinute(double from, double to)
    {
        var spent = _spent.OrderBy(s => s.At).ToArray();
        long sum = 0, most = 0;
        var first = 0;
        foreach (var (at, units) in spent)
        {
            sum += units;
            while (spent[first].At <= at - Minute) sum -= spent[first++].Units;
            if (at >= from && at < to) most = Math.Max(most, sum);
        }

        return most;
    }
}

namespace Benchmarks.Autoscaling;

/// <summary>A model server in virtual time: workers, a bounded queue in order of arrival, and the figures that a scrape reads.</summary>
internal sealed class SimulatedReplica(ReplicaProfile profile, int number, double createdAt)
{
    private readonly Queue<double> _waiting = new();
    private readonly Queue<ReplicaFigures> _scraped = new();
    private double _cpuSeconds, _cpuSince = createdAt, _scrapedAt = createdAt;
    private double _waitSum;
    private int _waits;

    public int Number => number;

    public double CreatedAt { get; } = createdAt;

    public bool IsReady { get; set; }

    public bool IsDraining { get; set; }

    public bool IsGone { get; set; }

    public int Busy { get; private set; }

    public int Waiting => _waiting.Count;

    public int InFlight => Busy + Waiting;

    public bool IsFull => Busy == profile.Workers && Waiting >= profile.QueueLimit;

    /// <summary>Takes a request.</summary>
    /// <returns>Whether a worker begins it at once; else it waits.</returns>
    public bool Take(double now)
    {
        if (Busy == profile.Workers)
        {
            _waiting.Enqueue(now);
            return false;
        }

        CountCpu(now);
        Busy++;
        CountWait(0);
        return true;
    }

    /// <summary>Ends a request.</summary>
    /// <returns>When the one came that its worker begins now; null when none waits.</returns>
    public double? Finish(double now)
    {
        CountCpu(now);
        if (_waiting.TryDequeue(out var arrival))
        {
            CountWait(now - arrival);
            return arrival;
        }

        Busy--;
        return null;
    }

    /// <summary>What a scrape reads now; means are over the time since the last one.</summary>
    /// <param name="kept">How many scrapes are kept for averages.</param>
    public void Scrape(double now, int kept)
    {
        CountCpu(now);
        var seconds = now - _scrapedAt;
        if (seconds <= 0) return;
        _scraped.Enqueue(new(_cpuSeconds / seconds, InFlight, Waiting, _waits == 0 ? 0 : _waitSum / _waits));
        if (_scraped.Count > kept) _scraped.Dequeue();
        (_cpuSeconds, _scrapedAt, _waitSum, _waits) = (0, now, 0, 0);
    }

    /// <summary>The mean of the last scrapes; null before the first one.</summary>
    public ReplicaFigures? Scraped(int scrapes)
    {
        if (_scraped.Count == 0) return null;
        var latest = _scraped.TakeLast(scrapes).ToArray();
        return new(latest.Average(s => s.Cpu), latest.Average(s => s.InFlight), latest.Average(s => s.Waiting), latest.Average(s => s.Wait));
    }

    private void CountCpu(double now)
    {
        _cpuSeconds += (now - _cpuSince) * profile.Cpu(Busy);
        _cpuSince = now;
    }

    private void CountWait(double wait)
    {
        _waitSum += wait;
        _waits++;
    }
}

/// <summary>What a scrape reads of one model server.</summary>
/// <param name="Cpu">Share of its limit.</param>
/// <param name="Wait">Mean seconds in the queue of the requests that were begun.</param>
internal readonly record struct ReplicaFigures(double Cpu, double InFlight, double Waiting, double Wait);

using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>A clock that moves only when told, and that can make the threads which generate wait when they look at it.</summary>
internal sealed class SteppedTime : TimeProvider, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly SemaphoreSlim _looks = new(0);
    private volatile bool _held;

    public ManualTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    public override long TimestampFrequency => Clock.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Clock.GetUtcNow();

    public override long GetTimestamp()
    {
        // Generators name their threads after their version.
        if (_held && Thread.CurrentThread.Name?.Contains(':', StringComparison.Ordinal) == true) _looks.Wait(Patience);
        return Clock.GetTimestamp();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => Clock.CreateTimer(callback, state, dueTime, period);

    /// <summary>From now on generators may look at the clock so many times, which they do for every token.</summary>
    public void Hold(int looks)
    {
        _held = true;
        if (looks > 0) _looks.Release(looks);
    }

    /// <summary>Waits until a generator has taken all its looks.</summary>
    public Task StandsStillAsync() => Eventually.HoldsAsync(() => _looks.CurrentCount == 0);

    public void Release()
    {
        _held = false;
        _looks.Release(1000);
    }

    public void Dispose() => Release();
}

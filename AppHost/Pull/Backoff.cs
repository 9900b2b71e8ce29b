namespace AppHost.Pull;

/// <summary>Waits between attempts, longer each time, and gives up after some in a row.</summary>
internal sealed class Backoff(PullOptions options, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private int _failures;

    /// <summary>Whether a failure may pass: of the network or of the hub, not of what was asked or of the disk.</summary>
    public static bool MayPass(Exception e) => e is HttpRequestException or HttpIOException or TimeoutException or HubBusyException;

    public static async Task<T> RetryAsync<T>(PullOptions options, TimeProvider time, Func<Task<T>> attempt, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(options, time);
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (Exception e) when (MayPass(e) && !cancellationToken.IsCancellationRequested)
            {
                await backoff.WaitAsync(e, cancellationToken);
            }
        }
    }

    /// <summary>There was progress: failures are counted anew.</summary>
    public void Reset() => _failures = 0;

    /// <exception cref="PullException">It failed too often.</exception>
    public Task WaitAsync(Exception cause, CancellationToken cancellationToken)
    {
        if (++_failures >= options.MostFailures)
            throw new PullException($"The hub cannot be reached: {Reason(cause)} ({_failures} times). The same command goes on from here.", cause);
        var wait = (cause as HubBusyException)?.RetryAfter ?? options.FirstDelay * Math.Pow(2, _failures - 1) * (0.75 + (Random.Shared.NextDouble() / 2));
        return Task.Delay(wait < Longest ? wait : Longest, time, cancellationToken);
    }

    private static string Reason(Exception cause) => cause is HttpIOException or HttpRequestException { InnerException: HttpIOException } ? "the connection was cut" : cause.Message.TrimEnd('.');
}

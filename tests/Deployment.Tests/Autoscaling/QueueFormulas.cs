namespace Deployment.Tests.Autoscaling;

/// <summary>Closed forms of queueing theory (Kleinrock, Queueing Systems, volume 1, chapters 3 and 5), in units of the service rate's time.</summary>
internal static class QueueFormulas
{
    /// <summary>Erlang C: the share of requests that wait in M/M/c.</summary>
    /// <param name="load">Arrival rate over the service rate of one server.</param>
    public static double WaitingShare(int servers, double load)
    {
        // Erlang B by its recursion, then C from B.
        var blocked = 1d;
        for (var i = 1; i <= servers; i++) blocked = load * blocked / (i + (load * blocked));
        var use = load / servers;
        return blocked / (1 - use + (use * blocked));
    }

    /// <summary>The mean wait in the queue of M/M/c.</summary>
    public static double MeanWait(int servers, double arrivals, double service)
        => WaitingShare(servers, arrivals / service) / ((servers * service) - arrivals);

    /// <summary>The share that M/M/c with a bounded queue refuses.</summary>
    public static double RefusedShare(int servers, int queue, double load)
    {
        var (state, sum) = (1d, 1d);
        for (var n = 1; n <= servers + queue; n++)
        {
            state *= load / Math.Min(n, servers);
            sum += state;
        }

        return state / sum;
    }
}

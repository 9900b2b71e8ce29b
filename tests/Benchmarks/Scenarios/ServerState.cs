using System.Globalization;
using Benchmarks.Systems;

namespace Benchmarks.Scenarios;

/// <summary>What a model server holds and has counted while nobody asks it anything.</summary>
/// <param name="Rows">Decoder rows in use.</param>
/// <param name="Generated">Tokens for callers who were there.</param>
/// <param name="Wasted">Tokens for callers who had left.</param>
/// <param name="Handles">Open files and connections.</param>
/// <param name="Rss">Resident memory in MB.</param>
internal sealed record ServerState(long Rows, long Generated, long Wasted, int Handles, double Rss)
{
    /// <summary>Most that memory may have grown after a round, as a factor of what it was after the first.</summary>
    private const double MostGrowth = 1.15;

    /// <summary>Handles that come and go by themselves: timers, the metrics' own connection.</summary>
    private const int MostHandles = 8;

    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3), IdleWithin = TimeSpan.FromSeconds(30);

    /// <summary>Lets the server come to rest, then reads its metrics and its process.</summary>
    public static async Task<ServerState> ReadAsync(RunningServer server, HttpClient client, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(IdleWithin);
        await Task.Delay(Settle, limit.Token);
        var text = await client.GetStringAsync(new Uri($"http://{server.Endpoint}/metrics"), limit.Token);
        return new(Sum(text, "generation_active_rows"), Sum(text, "generation_tokens_total"), Sum(text, "generation_wasted_tokens_total"), server.OpenHandles(), server.ResidentMegabytes());
    }

    /// <summary>Whether no row is in use, and no more memory and handles than after the first round but for what comes and goes.</summary>
    public bool HasLevelledOff(ServerState first) => Rows == 0 && Handles <= first.Handles + MostHandles && Rss <= first.Rss * MostGrowth;

    private static long Sum(string metrics, string name) => metrics.Split('\n')
        .Where(l => l.StartsWith(name + "{", StringComparison.Ordinal) || l.StartsWith(name + " ", StringComparison.Ordinal))
        .Sum(l => (long)double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
}

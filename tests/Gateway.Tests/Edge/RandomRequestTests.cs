using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Gateway.Tests.Hosting;
using Testing;
using Xunit.Abstractions;

namespace Gateway.Tests.Edge;

/// <summary>Requests made of honest ones, cut, spliced and flipped: whatever comes, nobody gets in without a token and nothing breaks.</summary>
public sealed class RandomRequestTests(ITestOutputHelper output)
{
    private const int Requests = 10_000, Clients = 32, MostShown = 5;
    private const int NotImplemented = 501, VersionNotSupported = 505;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(40);
    private static readonly string Token = TestTokens.Create();

    [Fact]
    public async Task TenThousandRandomRequests_OpenNothingAndBreakNothing()
    {
        await using var gateway = await GatewayHost.StartAsync();
        var answers = new ConcurrentDictionary<int, int>();
        var wrong = new ConcurrentQueue<string>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (seed, _) =>
        {
            var request = new RandomRequest(seed, Token).Bytes();
            var status = await SendAsync(gateway.Address, request);
            answers.AddOrUpdate(status, 1, (_, n) => n + 1);
            var isBroken = status >= 500 && status is not (NotImplemented or VersionNotSupported);
            var isOpened = status is >= 200 and < 300 && !HasToken(request) && !AsksForAnOpenRoute(request);
            if (isBroken || isOpened) wrong.Enqueue($"{seed}: {status}: {Encoding.Latin1.GetString(request)}");
        });

        output.WriteLine(string.Join(" ", answers.OrderBy(a => a.Key).Select(a => $"{a.Key}:{a.Value}")));
        Assert.True(wrong.IsEmpty, string.Join("\n", wrong.Take(MostShown)));
        // Else they were not honest enough to be a danger.
        Assert.True(answers.GetValueOrDefault(401) > Requests / 20 && answers.GetValueOrDefault(400) > Requests / 20 && gateway.Replica.Count > Requests / 50);
        Assert.All(gateway.Replica.Seen, seen =>
        {
            Assert.Contains(Token[..^1], seen.Headers["Authorization"], StringComparison.Ordinal);
            Assert.Matches("^/(predict|v1/|v2/)", seen.Path);
        });
        using var client = gateway.CreateInferClient();
        (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
    }

    // All but its last character: that one has bits which carry nothing.
    private static bool HasToken(byte[] request) => request.AsSpan().IndexOf(Encoding.ASCII.GetBytes(Token[..^1])) >= 0;

    private static bool AsksForAnOpenRoute(byte[] request)
    {
        var words = Encoding.Latin1.GetString(request).Split('\n')[0].Split(' ');
        var path = words.ElementAtOrDefault(1)?.Split('?', '#')[0].TrimEnd('/') ?? "";
        return path is "" or "*" || RandomRequest.Open.Any(open => path.EndsWith(open, StringComparison.OrdinalIgnoreCase)) || path.Contains("/docs", StringComparison.OrdinalIgnoreCase);
    }

    /// <returns>The status of the first answer; 0 for none.</returns>
    private static async Task<int> SendAsync(Uri address, byte[] request)
    {
        await using var connection = await RawConnection.OpenAsync(address);
        try
        {
            await connection.Stream.WriteAsync(request);
            var answering = connection.ReadStatusAsync();
            // The server waits for the rest of some.
            if (await Task.WhenAny(answering, Task.Delay(Patience)) != answering) connection.EndSending();
            return await answering;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Refused before all of it was sent.
            return 0;
        }
    }
}

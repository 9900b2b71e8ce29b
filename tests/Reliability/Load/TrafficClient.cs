using System.Diagnostics;
using System.Net;
using System.Text;
using Benchmarks.Load;

namespace Reliability.Load;

/// <summary>A client that sends one request after the other through the gateway that the front door names, and never the same one again.</summary>
/// <param name="token">Its bearer token for the next request.</param>
/// <param name="next">Its n-th request.</param>
internal sealed class TrafficClient(int index, IReadOnlyList<IPEndPoint> gateways, FrontDoor door, TrafficGate gate, Func<string> token, Func<int, TrafficRequest> next, Action<Answer> ended)
{
    private const int MostShown = 300;

    /// <summary>Longer than any request may take, whatever happens; a client that waits longer has lost its request.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken end)
    {
        HttpConnection[] whole = [.. gateways.Select(g => new HttpConnection(g))];
        StreamConnection[] streams = [.. gateways.Select(g => new StreamConnection(g))];
        try
        {
            for (var i = 0; !end.IsCancellationRequested; i++)
            {
                if (!await gate.EnterAsync(end)) break;
                try
                {
                    await SendAsync(whole, streams, next(i));
                }
                finally
                {
                    gate.Leave();
                }
            }
        }
        finally
        {
            foreach (var connection in whole) connection.Dispose();
            foreach (var connection in streams) connection.Dispose();
        }
    }

    private async Task SendAsync(HttpConnection[] whole, StreamConnection[] streams, TrafficRequest request)
    {
        var gateway = door.Choose(index);
        // A client that is sent elsewhere leaves nothing open behind: its gateway may be another process when it comes back.
        for (var other = 0; other < gateways.Count; other++)
        {
            if (other == gateway) continue;
            whole[other].Dispose();
            streams[other].Dispose();
        }

        var bytes = RequestSet.Post(request.Route, gateways[gateway].ToString(), token(), request.Body, request.Header, noCache: false);
        using var limit = new CancellationTokenSource(request.LeaveAfter ?? Patience);
        var start = Stopwatch.GetTimestamp();
        var (outcome, detail) = request.IsStream ? await StreamAsync(streams[gateway], bytes, limit.Token) : await AskAsync(whole[gateway], bytes, limit.Token);
        if (request.LeaveAfter is not null && outcome == Outcome.Disconnected && limit.IsCancellationRequested) (outcome, detail) = (Outcome.Left, null);
        // A stream has no status left to say so.
        if (outcome == Outcome.ErrorEvent && request.Header?.StartsWith(TrafficRequest.Deadline, StringComparison.Ordinal) == true) (outcome, detail) = (Outcome.TimedOut, null);
        if (outcome == Outcome.Disconnected) door.Failed(gateway);
        ended(new(0, request.Route, Stopwatch.GetTimestamp() - start, outcome, detail is null ? null : $"gateway {gateway + 1}: {detail}"));
        // A broken platform must not turn the clients into a flood.
        if (outcome is not (Outcome.Answered or Outcome.Left or Outcome.TimedOut)) await Task.Delay(10, CancellationToken.None);
    }

    private static async Task<(Outcome, string?)> AskAsync(HttpConnection connection, byte[] request, CancellationToken limit)
    {
        var answer = await connection.SendAsync(request, limit);
        var outcome = Outcomes.Of(answer.Status, answer.RetryAfter >= 0);
        return (outcome, outcome switch
        {
            Outcome.Answered => null,
            Outcome.Disconnected => connection.Failure,
            _ => Describe(Encoding.UTF8.GetString(connection.LastAnswer)),
        });
    }

    /// <summary>The first line and the body: what stands between them differs by request.</summary>
    private static string Describe(string answer)
    {
        var body = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var text = body < 0 ? answer : $"{answer[..answer.IndexOf('\r')]} {answer[(body + 4)..]}";
        return text.Length > MostShown ? text[..MostShown] : text;
    }

    private static async Task<(Outcome, string?)> StreamAsync(StreamConnection connection, byte[] request, CancellationToken limit)
    {
        var answer = await connection.SendAsync(request, limit);
        return answer switch
        {
            { IsComplete: true, Failure: null } => (Outcome.Answered, null),
            { IsCutWithAWord: true } => (Outcome.ErrorEvent, answer.Failure),
            { Status: not 200 } => (Outcomes.Of(answer.Status, answer.HasRetryAfter), answer.Failure),
            { Failure: { } failure } => (Outcome.Disconnected, $"{failure} ({answer.Times.Count} events)"),
            _ => (Outcome.Broken, "The stream ended without [DONE]."),
        };
    }
}

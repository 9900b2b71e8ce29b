using Reliability.Load;
using Reliability.Soak;

namespace Reliability.Tests.Soak;

public class SoakTrafficTests
{
    private readonly TrafficRequest[] _requests = [.. Enumerable.Range(0, 4).SelectMany(client => Enumerable.Range(0, 500).Select(n => Traffic(1).Next(client, n)))];

    [Fact]
    public void Next_SameSeed_IsTheSame()
    {
        var again = Traffic(1).Next(2, 17);
        Assert.Equal(Traffic(1).Next(2, 17).Body, again.Body);
        Assert.NotEqual(Traffic(2).Next(2, 17).Body, again.Body);
    }

    [Fact]
    public void Next_HasEveryRouteAndKind()
    {
        Assert.Equal(SoakTraffic.Routes(hasReranker: true).Order(), _requests.Select(r => r.Route).Distinct().Order());
        Assert.Equal([TrafficRequest.Chat, TrafficRequest.Completions], _requests.Where(r => r.IsStream).Select(r => r.Route).Distinct().Order());
        Assert.Contains(_requests, r => r.LeaveAfter is not null);
        Assert.Contains(_requests, r => r.Header == "x-priority: batch");
        Assert.Contains(_requests, r => r.Header?.StartsWith("x-deadline-ms: ", StringComparison.Ordinal) == true);
    }

    [Fact]
    public void Routes_WithoutReranker_AskForNone() => Assert.DoesNotContain(TrafficRequest.Rerank, SoakTraffic.Routes(hasReranker: false));

    private static SoakTraffic Traffic(int seed) => new(seed, SoakTraffic.Routes(hasReranker: true));
}

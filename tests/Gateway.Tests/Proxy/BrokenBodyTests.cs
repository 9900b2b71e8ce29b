using System.Collections.Concurrent;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Testing;

namespace Gateway.Tests.Proxy;

/// <summary>Whose fault it is that a request body was not sent to its end: YARP blames the client for each that it stopped reading.</summary>
public sealed class BrokenBodyTests
{
    private const string First = """{"text":""", Rest = """  "fine"}""";
    private static readonly string Token = TestTokens.Create();

    public static TheoryData<HttpProtocols, bool> Legs => new()
    {
        { HttpProtocols.Http1, true }, { HttpProtocols.Http1, false }, { HttpProtocols.Http2, true }, { HttpProtocols.Http2, false },
    };

    [Theory]
    [MemberData(nameof(Legs))]
    public async Task Replica_ThatBreaksOffWhileTheBodyIsStillComing_IsReplacedByAnother(HttpProtocols protocols, bool announced)
    {
        await using var replicas = await ReplicasAsync(protocols);
        await using var gateway = replicas.Gateway;
        var bodies = new ConcurrentQueue<string>();
        var (broken, second) = (Signal(), Signal());
        var calls = 0;
        replicas.Answer(async context =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                await BreakOffAsync(context, broken);
                return;
            }

            second.TrySetResult();
            using var reader = new StreamReader(context.Request.Body);
            bodies.Enqueue(await reader.ReadToEndAsync());
            await context.Response.WriteAsync("done");
        });
        await using var client = await RawConnection.OpenAsync(gateway.Address);

        await client.SendAsync(Head(announced ? $"Content-Length: {First.Length + Rest.Length}" : "Transfer-Encoding: chunked", "Connection: close"));
        await client.SendAsync(Piece(First, announced));
        // Over HTTP/1.1 the end of a connection is only noticed when more is sent.
        await (protocols == HttpProtocols.Http2 ? second : broken).Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync(Piece(Rest, announced) + (announced ? "" : "0\r\n\r\n"));

        Assert.Equal(200, await client.ReadStatusAsync());
        Assert.Equal([First + Rest], bodies);
    }

    [Theory]
    [InlineData(HttpProtocols.Http1)]
    [InlineData(HttpProtocols.Http2)]
    public async Task Replica_ThatBreaksOffABodyTooLargeToKeep_IsAnswered503(HttpProtocols protocols)
    {
        await using var replicas = await ReplicasAsync(protocols, ("Proxy:ReplayBytes", "1024"));
        await using var gateway = replicas.Gateway;
        var broken = Signal();
        replicas.Answer(async context =>
        {
            // So large a part is sent at once, and the gateway has let go of what is here.
            await context.Request.Body.ReadExactlyAsync(new byte[2048]);
            await BreakOffAsync(context, broken);
        });
        await using var client = await RawConnection.OpenAsync(gateway.Address);
        var first = new string(' ', 100_000);

        await client.SendAsync(Head($"Content-Length: {first.Length + Rest.Length}", "Connection: close") + first);
        await broken.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync(Rest);

        Assert.Equal(503, await client.ReadStatusAsync());
        Assert.Equal(1, replicas.All.Sum(r => r.Count));
    }

    [Theory]
    [MemberData(nameof(Legs))]
    public async Task Client_WhoseBodyIsNone_IsAnswered400AndNoReplicaBlamed(HttpProtocols protocols, bool isWatched)
    {
        await using var replicas = await ReplicasAsync(protocols);
        await using var gateway = replicas.Gateway;
        await using var client = await RawConnection.OpenAsync(gateway.Address);

        await client.SendAsync(Head("Transfer-Encoding: chunked", "Connection: close") + Piece(First, announced: false));
        if (isWatched) await gateway.WaitUntilAsync(() => replicas.All.Sum(r => r.Count) > 0);
        await client.SendAsync("no chunk\r\n");

        Assert.Equal(400, await client.ReadStatusAsync());
        Assert.All(gateway.Pool.All, r => Assert.Null(r.LastFailure));
    }

    [Theory]
    [InlineData("no")]
    [InlineData("")]
    public async Task Connection_AfterAnAnswerToHalfABody_ServesTheNextRequest(string body)
    {
        await using var replicas = await ReplicasAsync(HttpProtocols.Http2);
        await using var gateway = replicas.Gateway;
        replicas.Answer(async context =>
        {
            context.Response.StatusCode = 422;
            context.Response.ContentLength = body.Length;
            await context.Response.WriteAsync(body);
        });
        await using var client = await RawConnection.OpenAsync(gateway.Address);

        for (var i = 0; i < 8; i++)
        {
            await client.SendAsync(Head($"Content-Length: {First.Length + Rest.Length}") + First);
            Assert.Equal(422, await client.ReadAnswerAsync());
            await client.SendAsync(Rest);
        }

        // More in a row than eject a replica that fails.
        Assert.All(gateway.Pool.All, r => Assert.Null(r.LastFailure));
    }

    private static Task BreakOffAsync(HttpContext context, TaskCompletionSource broken)
    {
        context.Abort();
        broken.TrySetResult();
        return Task.CompletedTask;
    }

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static string Head(params string[] fields)
        => $"POST /predict HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {Token}\r\nContent-Type: application/json\r\n{string.Join("\r\n", fields)}\r\n\r\n";

    private static string Piece(string text, bool announced) => announced ? text : $"{text.Length:x}\r\n{text}\r\n";

    private static async Task<ReplicaPair> ReplicasAsync(HttpProtocols protocols, params (string, string)[] settings)
    {
        FakeReplica[] replicas = [await FakeReplica.StartAsync(protocols: protocols), await FakeReplica.StartAsync(protocols: protocols)];
        var gateway = GatewayHost.Create("Production",
        [
            .. replicas.Select((r, i) => ($"services:modelserver-{i + 1}:http:0", r.Address)), ("Proxy:Http2", protocols == HttpProtocols.Http2 ? "true" : "false"), .. settings,
        ]);
        gateway.Start();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.All(r => r.IsAvailable));
        return new(replicas, gateway);
    }

    private sealed record ReplicaPair(FakeReplica[] All, GatewayHost Gateway) : IAsyncDisposable
    {
        public void Answer(RequestDelegate answer)
        {
            foreach (var replica in All) replica.Answer = answer;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var replica in All) await replica.DisposeAsync();
        }
    }
}

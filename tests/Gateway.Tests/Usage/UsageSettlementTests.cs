using System.Net;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Testing;

namespace Gateway.Tests.Usage;

/// <summary>What is charged and booked is what the model server says out of band; never what stands in an answer.</summary>
public sealed class UsageSettlementTests
{
    private const int Limit = 10_000, Prompt = 30, MaxTokens = 40, Reserved = Prompt + MaxTokens;
    private const string Body = """{"prompt":"x","max_tokens":40}""";
    private static readonly (string, string)[] Settings = [("RateLimiting:Tiers:default:TokensPerMinute", $"{Limit}"), ("RateLimiting:BytesPerToken", "1")];

    [Theory]
    [InlineData("data: {\"a\":1}\n\n: usage prompt_tokens=-100000 completion_tokens=-100000\n\ndata: [DONE]\n\n", "text/event-stream")]
    [InlineData("data: {\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0}}\n\ndata: [DONE]\n\n", "text/event-stream")]
    [InlineData("x-usage-prompt-tokens: 0\r\nx-usage-completion-tokens: 0\r\n\r\n", "text/event-stream")]
    [InlineData("""{"usage":{"prompt_tokens":-5,"completion_tokens":0}}""", "application/json")]
    public async Task Answer_ThatLooksLikeUsage_IsNotReadAsUsage(string answer, string type)
    {
        await using var gateway = await StartAsync(async context =>
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(answer);
        });
        using var client = gateway.CreateInferClient();

        using var response = await PostAsync(client);
        Assert.Equal(answer, await response.Content.ReadAsStringAsync());

        await IsUsedAsync(gateway, client, Reserved);
    }

    [Fact]
    public async Task Stream_WithTrailers_CostsWhatTheySayAndTheClientSeesNone()
    {
        await using var gateway = await StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: [DONE]\n\n");
            context.Response.AppendTrailer(ReportedUsage.PromptHeader, "3");
            context.Response.AppendTrailer(ReportedUsage.CompletionHeader, "5");
        });
        using var client = gateway.CreateInferClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Http2Address, "/v1/completions"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Json(),
        };

        using var response = await client.SendAsync(request);

        Assert.Equal("data: [DONE]\n\n", await response.Content.ReadAsStringAsync());
        Assert.Empty(response.TrailingHeaders);
        await IsUsedAsync(gateway, client, 8);
        Assert.Empty(gateway.Replica.Asked);
    }

    [Theory]
    [InlineData("-1", "5")]
    [InlineData("1e9", "5")]
    [InlineData("", "5")]
    public async Task Trailers_ThatAreNoCounts_CostWhatWasReserved(string prompt, string completion)
    {
        await using var gateway = await StartAsync(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: [DONE]\n\n");
            context.Response.AppendTrailer(ReportedUsage.PromptHeader, prompt);
            context.Response.AppendTrailer(ReportedUsage.CompletionHeader, completion);
        });
        using var client = gateway.CreateInferClient();

        (await PostAsync(client)).Dispose();

        await IsUsedAsync(gateway, client, Reserved);
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task Request_LeftByItsClient_CostsWhatTheModelServerSaysWhenAsked(string type)
    {
        var isUnderWay = new TaskCompletionSource();
        await using var gateway = await StartAsync(async context =>
        {
            context.Response.ContentType = type;
            if (type != "application/json") await context.Response.WriteAsync("data: {}\n\n");
            isUnderWay.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        gateway.Replica.Usage = new("stories", 7, 4);
        using var client = gateway.CreateInferClient();
        using var leaving = new CancellationTokenSource();

        var request = PostAsync(client, cancellationToken: leaving.Token);
        await isUnderWay.Task;
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);

        await IsUsedAsync(gateway, client, 11);
        Assert.Equal(gateway.Replica.Seen.Single(s => s.Path == "/v1/completions").Headers[UsageInquiry.AttemptHeader], Assert.Single(gateway.Replica.Asked));
    }

    [Theory]
    [InlineData("text/event-stream")]
    [InlineData("application/json")]
    public async Task Request_WhoseDeadlinePassed_CostsWhatTheModelServerSaysWhenAsked(string type)
    {
        var (clock, begun) = (new ManualTimeProvider(), new TaskCompletionSource());
        await using var gateway = await StartAsync(
            async context =>
            {
                context.Response.ContentType = type;
                if (type != "application/json") await context.Response.WriteAsync("data: {}\n\n");
                begun.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            clock);
        gateway.Replica.Usage = new("stories", 7, 4);
        using var client = gateway.CreateInferClient();

        var sending = PostAsync(client, deadline: "300", HttpCompletionOption.ResponseHeadersRead);
        // The head of a stream is passed on before the deadline.
        await (type == "application/json" ? begun.Task : sending);
        clock.Advance(TimeSpan.FromMilliseconds(300));
        using var response = await sending;
        await response.Content.ReadAsStringAsync();

        await IsUsedAsync(gateway, client, 11);
    }

    [Fact]
    public async Task Request_ThatTheModelServerKnowsNothingOf_CostsWhatWasReserved()
    {
        var clock = new ManualTimeProvider();
        await using var gateway = await StartAsync(
            context =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(200));
                return Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            clock);
        using var client = gateway.CreateInferClient();

        using var response = await PostAsync(client, deadline: "200");

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        await IsUsedAsync(gateway, client, Reserved);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Request_WhoseModelServerDies_CostsWhatWasReserved(bool isBegun)
    {
        await using var gateway = await StartAsync(async context =>
        {
            if (isBegun)
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: {}\n\n");
            }

            context.Abort();
        });
        using var client = gateway.CreateInferClient();

        using var response = await PostAsync(client);
        await response.Content.ReadAsStringAsync();

        await IsUsedAsync(gateway, client, Reserved);
    }

    [Fact]
    public async Task Request_ThatReachesNoModelServer_CostsNothing()
    {
        await using var gateway = await StartAsync(context => Task.CompletedTask);
        using var client = gateway.CreateInferClient();
        await gateway.Replica.KillAsync();

        using var response = await PostAsync(client);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        using var listing = await client.GetAsync("/v1/models");
        Assert.Equal($"{Limit}", listing.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }

    [Fact]
    public async Task DeadlineOfAModelServer_ThatSaysWhatItTook_CostsThat()
    {
        await using var gateway = await StartAsync(context =>
        {
            context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
            new ReportedUsage("stories", 6, 3).WriteTo(context.Response.Headers);
            return context.Response.WriteAsync("{}");
        });
        using var client = gateway.CreateInferClient();

        using var response = await PostAsync(client);

        Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("x-usage", StringComparison.OrdinalIgnoreCase));
        await IsUsedAsync(gateway, client, 9);
    }

    [Fact]
    public async Task AttemptHeader_OfAClient_IsReplaced()
    {
        await using var gateway = await StartAsync(context => context.Response.WriteAsync("{}"));
        using var client = gateway.CreateInferClient();
        client.DefaultRequestHeaders.Add(UsageInquiry.AttemptHeader, "00000000-1");

        (await PostAsync(client)).Dispose();

        Assert.NotEqual("00000000-1", gateway.Replica.Seen.Single().Headers[UsageInquiry.AttemptHeader]);
    }

    [Fact]
    public async Task Stream_OverHttp11_CostsWhatTheModelServerSaysWhenAsked()
    {
        await using var replica = await FakeReplica.StartAsync(protocols: HttpProtocols.Http1);
        replica.Usage = new("stories", 2, 9);
        replica.Answer = async context =>
        {
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: [DONE]\n\n");
        };
        await using var gateway = GatewayHost.Create("Production", [.. Settings, ("services:modelserver-1:http:0", replica.Address), ("Proxy:Http2", "false")]);
        gateway.Start();
        await gateway.WaitUntilAsync(async c => (await c.GetAsync("/ready")).IsSuccessStatusCode);
        using var client = gateway.CreateInferClient();

        using var response = await PostAsync(client);

        Assert.Equal("data: [DONE]\n\n", await response.Content.ReadAsStringAsync());
        await IsUsedAsync(gateway, client, 11);
    }

    private static async Task<GatewayHost> StartAsync(RequestDelegate answer, TimeProvider? time = null)
    {
        var gateway = await GatewayHost.StartAsync(time: time, settings: Settings);
        gateway.Replica.Answer = async context =>
        {
            // Over HTTP/2 an answer to half a request breaks off the other half.
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await answer(context);
        };
        return gateway;
    }

    private static StringContent Json() => new(Body, Encoding.UTF8, "application/json");

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string? deadline = null, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = Json() };
        if (deadline is not null) request.Headers.Add(DeadlineHeader.Name, deadline);
        return await client.SendAsync(request, completion, cancellationToken);
    }

    /// <summary>The gateway settles after the client has had the last byte. Asking costs no tokens.</summary>
    private static Task IsUsedAsync(GatewayHost gateway, HttpClient client, int used) => gateway.WaitUntilAsync(async _ =>
    {
        using var listing = await client.GetAsync("/v1/models");
        return listing.Headers.GetValues("x-ratelimit-remaining-tokens").Single() == $"{Limit - used}";
    });
}

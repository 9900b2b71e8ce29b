using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using ModelServer.Requests;
using Testing;

namespace ModelServer.Tests.Requests;

public class RequestDeadlineTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("99999999999")]
    public async Task Deadline_NotANumberOfMilliseconds_IsMalformed(string header)
    {
        using var response = await Send(header, "fine");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Deadline_Generous_ChangesNothing()
    {
        using var response = await Send("60000", "fine");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Deadline_PassesWhileTheEngineIsBusy_IsATimeout()
    {
        // A thousand long inputs keep the engine busy for far longer than a millisecond.
        using var response = await Send("1", [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("long ", 400)), 1000)]);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    /// <summary>It cut the answer off where it had got to, and the client's connection with it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deadline_PassesWhenTheAnswerIsThere_EndsStreamsAlone(bool isStream)
    {
        var clock = new ManualTimeProvider();
        var result = isStream ? new Stream() : new Whole();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Use(next => new RequestDeadline(next, clock).InvokeAsync);
        app.WithDeadlines().MapGet("/", IResult () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return result;
        });
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), DefaultRequestHeaders = { { "x-deadline-ms", "100" } } };

        (await client.GetAsync("/")).Dispose();

        Assert.Equal(isStream, result.WasCancelled);
    }

    /// <summary>A flush that is cancelled aborts the connection: what a stream had begun was cut off instead of ending with an error.</summary>
    [Fact]
    public async Task ClientOf_AfterTheDeadline_HearsTheCallerAlone()
    {
        var clock = new ManualTimeProvider();
        var http = new DefaultHttpContext { Request = { Headers = { ["x-deadline-ms"] = "100" } } };
        using var left = new CancellationTokenSource();
        http.RequestAborted = left.Token;

        await new RequestDeadline(
            http =>
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                Assert.True(http.RequestAborted.IsCancellationRequested);
                Assert.Equal(left.Token, RequestDeadline.ClientOf(http));
                return Task.CompletedTask;
            },
            clock).InvokeAsync(http);

        Assert.Equal(left.Token, RequestDeadline.ClientOf(http));
    }

    private async Task<HttpResponseMessage> Send(string deadline, params string[] input)
    {
        var client = await host.CreateReadyClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify") { Content = JsonContent.Create(new { input, truncate = true }) };
        request.Headers.TryAddWithoutValidation("x-deadline-ms", deadline);
        return await client.SendAsync(request);
    }

    private class Whole : IResult
    {
        public bool? WasCancelled { get; private set; }

        public Task ExecuteAsync(HttpContext httpContext)
        {
            WasCancelled = httpContext.RequestAborted.IsCancellationRequested;
            return Task.CompletedTask;
        }
    }

    private sealed class Stream : Whole, IStreamedResult;
}

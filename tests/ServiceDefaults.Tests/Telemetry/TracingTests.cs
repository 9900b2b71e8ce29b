using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Testing;

namespace ServiceDefaults.Tests.Telemetry;

public sealed class TracingTests
{
    private readonly CapturedSpans _spans = new();
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    [Fact]
    public async Task ServerSpan_MatchedRoute_IsNamedByItAndCarriesNoQuery()
    {
        await using var service = await StartAsync(app => app.MapGet("/v1/models/{id}", (string id) => id).AllowAnonymous());
        await GetAsync(service, "/v1/models/tiny?prompt=secret-words");

        var span = await _spans.ServerSpanAsync(_trace);
        Assert.Equal("GET /v1/models/{id}", span.DisplayName);
        Assert.Equal("/v1/models/{id}", span.GetTagItem("http.route"));
        Assert.Equal("GET", span.GetTagItem("http.request.method"));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal("request-7", span.GetTagItem("request.id"));
        Assert.Equal(ActivityStatusCode.Unset, span.Status);
        Assert.DoesNotContain(span.TagObjects, t => t.Value?.ToString()?.Contains("secret-words", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task ServerSpan_CallerSentTraceParent_JoinsItsTrace()
    {
        await using var service = await StartAsync(app => app.MapGet("/joined", () => "ok").AllowAnonymous());
        await GetAsync(service, "/joined");

        Assert.Equal("00f067aa0ba902b7", (await _spans.ServerSpanAsync(_trace)).ParentSpanId.ToString());
    }

    [Fact]
    public async Task ServerSpan_UnhandledException_IsAnErrorNamedByItsTypeAlone()
    {
        await using var service = await StartAsync(app => app.MapGet("/fails/{n}", string (int n) => throw new InvalidOperationException("secret detail")).AllowAnonymous());
        var response = await GetAsync(service, "/fails/3");

        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var span = await _spans.ServerSpanAsync(_trace);
        Assert.Equal("GET /fails/{n}", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("System.InvalidOperationException", span.GetTagItem("error.type"));
        Assert.Equal(500, span.GetTagItem("http.response.status_code"));
        Assert.DoesNotContain("secret detail", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerSpan_Status503_IsAnError()
    {
        await using var service = await StartAsync(app => app.MapGet("/busy", () => Results.StatusCode(503)).AllowAnonymous());
        await GetAsync(service, "/busy");

        var span = await _spans.ServerSpanAsync(_trace);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("503", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task ServerSpan_Status404_IsNoError()
    {
        await using var service = await StartAsync(_ => { });
        await GetAsync(service, "/nowhere", TestTokens.Create());

        Assert.Equal(ActivityStatusCode.Unset, (await _spans.ServerSpanAsync(_trace)).Status);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/ready")]
    [InlineData("/metrics")]
    public async Task Probe_EvenWhenTheCallerIsSampled_IsNotTraced(string path)
    {
        await using var service = await StartAsync(app => app.MapGet("/marker", () => "ok").AllowAnonymous());
        await GetAsync(service, path, TestTokens.Create("metrics"));
        await GetAsync(service, "/marker");

        await _spans.ServerSpanAsync(_trace);
        Assert.Equal(["GET /marker"], _spans.Of(_trace).Select(s => s.DisplayName));
    }

    [Fact]
    public async Task ClientSpan_ProbeWithoutParent_IsNotTraced()
    {
        await using var service = await StartAsync(app => app.MapGet("/health", () => "ok").AllowAnonymous());
        var port = service.Address.Port;
        using var invoker = new HttpClient();
        Activity.Current = null;
        await invoker.GetAsync(new Uri(service.Address, "/health"));
        await invoker.GetAsync(new Uri(service.Address, "/elsewhere"));

        var addresses = _spans.All.Where(s => s.Kind == ActivityKind.Client && s.GetTagItem("server.port") is int p && p == port).Select(s => (string?)s.GetTagItem("url.full"));
        Assert.Equal([$"{service.Address}elsewhere"], addresses);
    }

    [Fact]
    public async Task OutgoingCall_WithinARequest_CarriesTheTraceOn()
    {
        await using var behind = await StartAsync(app => app.MapGet("/work", () => "done").AllowAnonymous());
        await using var front = await StartAsync(app => app.MapGet("/call", async () =>
        {
            using var client = new HttpClient();
            return await client.GetStringAsync(new Uri(behind.Address, "/work"));
        }).AllowAnonymous());
        await GetAsync(front, "/call");

        await _spans.ServerSpanAsync(_trace);
        await Eventually.HoldsAsync(() => _spans.Of(_trace).Select(s => s.SpanId).Distinct().Count() >= 3);
        var spans = _spans.Of(_trace).DistinctBy(s => s.SpanId).ToList();
        var client = Assert.Single(spans, s => s.Kind == ActivityKind.Client);
        Assert.Equal(client.SpanId, Assert.Single(spans, s => s.DisplayName == "GET /work").ParentSpanId);
        Assert.Equal(client.ParentSpanId, Assert.Single(spans, s => s.DisplayName == "GET /call").SpanId);
    }

    private Task<TestService> StartAsync(Action<WebApplication> map) => TestService.StartAsync(map, _spans.Attach);

    private Task<HttpResponseMessage> GetAsync(TestService service, string path, string? token = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{_trace}-00f067aa0ba902b7-01");
        request.Headers.Add("x-request-id", "request-7");
        return service.SendAsync(request, token);
    }
}

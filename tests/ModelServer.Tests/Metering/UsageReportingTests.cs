using System.Net;
using System.Net.Http.Json;
using ModelServer.Tests.OpenAI;
using ServiceDefaults.Protocol;
using Testing;

namespace ModelServer.Tests.Metering;

/// <summary>What a request took is told however it ends, to the gateway alone and never in the answer's text.</summary>
public sealed class UsageReportingTests : IDisposable
{
    private const string Attempt = "0a1b2c3d-7";
    private readonly HeldModels _held = new();

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Stream_ReadToItsEnd_TellsItInTrailers()
    {
        using var response = await _held.Models.SendAsync(HeldModels.Route, new { prompt = new[] { 16, 17 }, max_tokens = 4, temperature = 0, ignore_eos = true, stream = true });

        Assert.DoesNotContain("usage", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(new("plain", 2, 4), ReportedUsage.TakeFrom(response.TrailingHeaders));
        Assert.False(response.Headers.Contains(ReportedUsage.PromptHeader));
    }

    [Fact]
    public async Task WholeAnswer_TellsItInHeaders()
    {
        using var response = await _held.Models.SendAsync(HeldModels.Route, new { prompt = new[] { 16, 17 }, max_tokens = 4, n = 2, temperature = 0, ignore_eos = true });

        Assert.Equal(new("plain", 2, 8), ReportedUsage.TakeFrom(response.Headers));
    }

    [Fact]
    public async Task Batch_OfSeveralRequests_TellsTheirSum()
    {
        using var response = await _held.Models.SendAsync("/v1/batch-generate", new { requests = new object[] { new { text = "ab", max_length = 3, ignore_eos = true }, new { text = "" }, new { text = "cd", max_length = 2, ignore_eos = true } } });

        var usage = ReportedUsage.TakeFrom(response.Headers);
        Assert.Equal(5, usage.CompletionTokens);
        Assert.True(usage.PromptTokens >= 2);
    }

    [Fact]
    public async Task Stream_LeftByItsClient_TellsWhatWasReadAndWrittenWhenAsked()
    {
        var client = await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(HeldModels.FirstLooks);
        var response = await SendAsync(client, stream: true);
        await new EventReader(await response.Content.ReadAsStreamAsync()).NextAsync();

        response.Dispose();
        await Eventually.HoldsAsync(() => _held.Leases == 0);
        _held.Time.Release();

        var usage = await AskAsync(client);
        Assert.Equal(2, usage.PromptTokens);
        Assert.InRange(usage.CompletionTokens!.Value, 1, HeldModels.FirstLooks);
    }

    [Fact]
    public async Task WholeAnswer_WhoseDeadlinePasses_TellsWhatWasReadAndWritten()
    {
        var client = await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(HeldModels.FirstLooks);
        var answer = SendAsync(client, stream: false, deadline: "5000");
        await Eventually.HoldsAsync(() => _held.Leases == 1);
        await _held.Time.StandsStillAsync();

        _held.Time.Clock.Advance(TimeSpan.FromSeconds(6));
        using var response = await answer;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        var told = ReportedUsage.TakeFrom(response.Headers);
        Assert.Equal(2, told.PromptTokens);
        Assert.InRange(told.CompletionTokens!.Value, 1, HeldModels.FirstLooks);
        _held.Time.Release();
        Assert.Equal(told, await AskAsync(client));
    }

    [Fact]
    public async Task Request_ThatIsRefused_TellsNothing()
    {
        using var response = await _held.Models.SendAsync(HeldModels.Route, new { prompt = new[] { 16 }, max_tokens = -1 });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(default, ReportedUsage.TakeFrom(response.Headers));
    }

    [Fact]
    public async Task Inquiry_WithoutAToken_IsRefused()
    {
        var client = await _held.Models.Host.CreateReadyClientAsync(scope: null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(UsageInquiry.Path(Attempt))).StatusCode);
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, bool stream, string? deadline = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, HeldModels.Route)
        {
            Content = JsonContent.Create(new { prompt = new[] { 16, 17 }, max_tokens = 60, temperature = 0, ignore_eos = true, stream }),
        };
        request.Headers.Add(UsageInquiry.AttemptHeader, Attempt);
        if (deadline is not null) request.Headers.Add(DeadlineHeader.Name, deadline);
        return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<ReportedUsage> AskAsync(HttpClient client)
    {
        using var response = await client.GetAsync(UsageInquiry.Path(Attempt));
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        return ReportedUsage.TakeFrom(response.Headers);
    }
}

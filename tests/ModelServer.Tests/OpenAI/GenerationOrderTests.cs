using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.OpenAI;

/// <summary>Who gets the only row next, and who waits no longer.</summary>
public sealed class GenerationOrderTests : IDisposable
{
    private readonly HeldModels _held = new();

    [Fact]
    public async Task Batch_ThatCameFirst_WaitsForInteractive()
    {
        var (running, _, _) = await _held.BeginAsync();
        var background = await QueueAsync(tokens: 60, "tester", "batch");
        var interactive = await QueueAsync(tokens: 1, "tester", "interactive");

        await AssertGoesFirstAsync(interactive, background, running, looks: 40);
    }

    [Fact]
    public async Task Client_WhoAsksForLittle_PassesOneWhoFloods()
    {
        var (running, _, _) = await _held.BeginAsync();
        var flood = new List<Task<HttpResponseMessage>>();
        for (var i = 0; i < 5; i++) flood.Add(await QueueAsync(tokens: 60, "greedy"));
        var modest = await QueueAsync(tokens: 1, "modest");

        // One of the flood may go before, two may not.
        await AssertGoesFirstAsync(modest, flood[1], running, looks: 540);
    }

    [Fact]
    public async Task Whole_DeadlinePassesUnderWay_Is504AndFreesTheRow()
    {
        await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(HeldModels.FirstLooks);
        var sending = _held.SendAsync(60, stream: false, "tester", ("x-deadline-ms", "5000"));
        await Eventually.HoldsAsync(() => _held.Leases == 1);

        _held.Time.Clock.Advance(TimeSpan.FromSeconds(6));
        using var response = await sending;

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("deadline_exceeded", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("code").GetString());
        await Eventually.HoldsAsync(() => _held.Leases == 0);
        _held.Time.Release();
        await _held.Models.PostAsync(HeldModels.Route, new { prompt = new[] { 16 }, max_tokens = 1 });
    }

    public void Dispose() => _held.Dispose();

    /// <summary>A request that waits for the row.</summary>
    private async Task<Task<HttpResponseMessage>> QueueAsync(int tokens, string subject, string priority = "interactive")
    {
        var before = _held.Waiting;
        var sending = _held.SendAsync(tokens, stream: false, subject, ("x-priority", priority));
        await Eventually.HoldsAsync(() => _held.Waiting > before);
        return sending;
    }

    /// <summary>There are so many looks at the clock, of which a token takes four or five: others that want 60 tokens each and go first use them up.</summary>
    private async Task AssertGoesFirstAsync(Task<HttpResponseMessage> first, Task<HttpResponseMessage> other, HttpResponseMessage running, int looks)
    {
        var before = _held.Leases;
        running.Dispose();
        // Until it has let go, it would use up the time itself.
        await Eventually.HoldsAsync(() => _held.Leases < before);
        _held.Time.Hold(looks);

        using var answer = await first.WaitAsync(Eventually.Limit);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(other.IsCompleted);
        _held.Time.Release();
        using var late = await other.WaitAsync(Eventually.Limit);
        Assert.Equal(HttpStatusCode.OK, late.StatusCode);
    }
}

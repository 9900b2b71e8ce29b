using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using ModelServer.Tests.OpenAI;
using Testing;

namespace ModelServer.Tests.HuggingFace;

public sealed class TgiStreamTests : IDisposable
{
    private readonly HeldModels _held = new();

    public void Dispose() => _held.Dispose();

    [Fact]
    public async Task Stream_DeadlinePassesOnTheWay_EndsWithAnErrorOfThisForm()
    {
        await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(HeldModels.FirstLooks);
        using var response = await SendAsync("5000");
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.StartsWith("data:{\"index\":1,", await lines.ReadLineAsync(), StringComparison.Ordinal);

        _held.Time.Clock.Advance(TimeSpan.FromSeconds(6));
        var rest = await lines.ReadToEndAsync();

        var last = rest.Split('\n').Last(l => l.StartsWith("data:", StringComparison.Ordinal));
        var error = JsonSerializer.Deserialize<JsonElement>(last["data:".Length..]);
        Assert.Equal(["error", "error_type"], error.EnumerateObject().Select(p => p.Name));
        Assert.Equal("generation", error.GetProperty("error_type").GetString());
        Assert.Contains("deadline", error.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_NothingToTell_IsKeptAliveByEmptyComments()
    {
        await _held.Models.Host.CreateReadyClientAsync();
        _held.Time.Hold(looks: 0);
        var sending = SendAsync(null);
        // The stream's timer may not be set yet when the clock moves first.
        await Eventually.HoldsAsync(() =>
        {
            _held.Time.Clock.Advance(TimeSpan.FromSeconds(11));
            return sending.IsCompleted;
        });

        using var response = await sending;
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(":", await lines.ReadLineAsync());
        _held.Time.Release();
        Assert.Contains("\"generated_text\":\"", await lines.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> SendAsync(string? deadline)
    {
        var client = await _held.Models.Host.CreateReadyClientAsync();
        var request = new HttpRequestMessage(HttpMethod.Post, "/generate_stream")
        {
            Content = JsonContent.Create(new { inputs = "the old man", parameters = new { max_new_tokens = 50, ignore_eos = true } }),
        };
        if (deadline is not null) request.Headers.Add("x-deadline-ms", deadline);
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}

using System.Text;
using System.Text.Json.Nodes;
using AppHost.Tests.Platform;

namespace AppHost.Tests.Clients;

/// <summary>Readers of event streams that are less patient than most, fed with what the gateway sends, byte for byte.</summary>
[Collection(PlatformCollection.Name)]
public class StreamReaderTests(RunningPlatform platform)
{
    public static readonly TheoryData<string, string> Streams = new()
    {
        { "/v1/completions", """{"model":"stories","prompt":["Once","The little"],"n":2,"logprobs":2,"max_tokens":12,"stream":true,"stream_options":{"include_usage":true}}""" },
        { "/v1/chat/completions", """{"model":"stories","messages":[{"role":"user","content":"Hi"}],"max_tokens":12,"stream":true}""" },
        { "/v1/chat/completions", """{"model":"stories","messages":[{"role":"user","content":"Hi"}],"n":2,"logprobs":true,"max_tokens":12,"stream":true,"stream_options":{"include_usage":true}}""" },
    };

    [Theory]
    [MemberData(nameof(Streams))]
    public async Task OpenAIStream_EveryReader_ReadsTheSameAndTheEnd(string path, string body)
    {
        var text = await ReadAsync(path, body);

        var events = StreamReaders.Standard(text);

        Assert.Equal("[DONE]", events[^1]);
        Assert.All(events[..^1], data => Assert.IsType<JsonObject>(JsonNode.Parse(data)));
        Assert.Equal(events[..^1], StreamReaders.EarlyGo(text));
        Assert.Equal(events[..^1], StreamReaders.LineByLine(text));
    }

    [Fact]
    public async Task TextGenerationInferenceStream_EveryReader_ReadsTheSame()
    {
        var text = await ReadAsync("/generate_stream", """{"inputs":"Once","parameters":{"max_new_tokens":12,"details":true}}""");

        var events = StreamReaders.Standard(text);

        Assert.NotNull((string?)JsonNode.Parse(events[^1])!["generated_text"]);
        Assert.Equal(events, StreamReaders.LineByLine(text));
    }

    /// <summary>A deadline that ends a stream is an event as well, and the last: no reader waits for more or chokes on it.</summary>
    [Fact]
    public async Task OpenAIStream_BrokenOff_EveryReaderReadsTheError()
    {
        var text = await ReadAsync("/v1/completions", """{"model":"stories","prompt":"Once","n":128,"max_tokens":200,"ignore_eos":true,"stream":true}""", deadline: "1000");

        var events = StreamReaders.Standard(text);

        Assert.Equal("deadline_exceeded", (string?)JsonNode.Parse(events[^1])!["error"]!["code"]);
        Assert.DoesNotContain("[DONE]", events);
        Assert.Equal(events, StreamReaders.LineByLine(text));
    }

    private async Task<string> ReadAsync(string path, string body, string? deadline = null)
    {
        using var client = platform.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (deadline is not null) request.Headers.Add("x-deadline-ms", deadline);
        using var response = await client.SendAsync(request);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        return await response.Content.ReadAsStringAsync();
    }
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Telemetry;

/// <summary>Requests and the runs that they share, as spans. Sources are shared by the whole process, so that a test asks for its own traces.</summary>
public sealed class BatchSpanTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly ModelServerHost _host;
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public BatchSpanTests()
    {
        _models.CopySmall("tiny-embedding", "tiny-embedding");
        _models.CopySmall("tiny-decoder", "tiny-decoder");
        _host = new ModelServerHost(_models.Path);
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "ModelServer" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options)
                => options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task Batch_OfASampledRequest_IsLinkedToItAndItsInferSpanToTheBatch()
    {
        var trace = ActivityTraceId.CreateRandom();
        await AskAsync(trace, "01", "/v1/embeddings", new { model = "tiny-embedding", input = new[] { "one", "two three" } });

        var spans = await Eventually.GetAsync(() => Of(trace) is var found && found.Any(s => s.OperationName == "infer") && found.Any(s => s.OperationName == "batch") ? found : null);
        var batches = spans.Where(s => s.OperationName == "batch").ToArray();
        var infer = Assert.Single(spans, s => s.OperationName == "infer");
        var request = infer.ParentSpanId;
        Assert.All(batches, b => Assert.Equal(request, Assert.Single(b.Links).Context.SpanId));
        Assert.All(batches, b => Assert.Equal(request, b.ParentSpanId));
        Assert.Equal(batches.Select(b => b.SpanId.ToString()).Order(), infer.Links.Select(l => l.Context.SpanId.ToString()).Order());
        Assert.Equal(2, batches.Sum(b => (int)b.GetTagItem("sequences")!));
        Assert.All(batches, b => Assert.Equal("tiny-embedding:1", b.GetTagItem("model")));
        Assert.All(batches, b => Assert.True((int)b.GetTagItem("padded_tokens")! >= (int)b.GetTagItem("tokens")!));
    }

    [Fact]
    public async Task Batch_OfARequestThatIsNotSampled_HasNoSpan()
    {
        var (unsampled, sampled) = (ActivityTraceId.CreateRandom(), ActivityTraceId.CreateRandom());
        await AskAsync(unsampled, "00", "/v1/embeddings", new { model = "tiny-embedding", input = "one" });
        await AskAsync(sampled, "01", "/v1/embeddings", new { model = "tiny-embedding", input = "another" });

        await Eventually.HoldsAsync(() => Of(sampled).Any(s => s.OperationName == "infer"));
        Assert.Empty(Of(unsampled));
    }

    [Fact]
    public async Task Generation_OfASampledRequest_HasItsQueueAndInferSpans()
    {
        var trace = ActivityTraceId.CreateRandom();
        await AskAsync(trace, "01", "/v1/completions", new { model = "tiny-decoder", prompt = "the old man", max_tokens = 3, ignore_eos = true });

        var infer = await Eventually.GetAsync(() => Of(trace).FirstOrDefault(s => s.OperationName == "infer"));
        Assert.Single(Of(trace), s => s.OperationName == "queue");
        Assert.Equal(3, infer.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("tiny-decoder", infer.GetTagItem("model.name"));
        Assert.DoesNotContain(Of(trace), s => s.OperationName == "batch");
    }

    public void Dispose()
    {
        _listener.Dispose();
        _host.Dispose();
        _models.Dispose();
    }

    private Activity[] Of(ActivityTraceId trace) => [.. _ended.Where(s => s.TraceId == trace && s.Source.Name == "ModelServer")];

    private async Task AskAsync(ActivityTraceId trace, string flags, string route, object body)
    {
        using var client = await _host.CreateReadyClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create());
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-{flags}");
        (await client.SendAsync(request)).EnsureSuccessStatusCode().Dispose();
    }
}

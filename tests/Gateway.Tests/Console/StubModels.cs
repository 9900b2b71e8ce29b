using System.Text.Json;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Console;

/// <summary>A model server with a model of each task, which answers as the real one does.</summary>
internal static class StubModels
{
    private static readonly (string Name, string Task)[] Models =
        [("embedding", "feature-extraction"), ("reranker", "text-ranking"), ("sentiment", "text-classification"), ("stories", "text-generation")];

    /// <summary>What <c>/health</c> tells, with totals that grow with each question.</summary>
    public static string Health(int asked) => JsonSerializer.Serialize(new
    {
        status = "healthy",
        model_loaded = true,
        load = new { state = "ready", queued_tokens = 64, in_flight = 2, kv_use = 0.25, models = Models.Select(m => $"{m.Name}:1") },
        models = new
        {
            data = Models.Select(m => new
            {
                id = m.Name,
                @object = "model",
                created = 1,
                owned_by = "organization",
                task = m.Task,
                active_version = "1",
                versions = new[] { new { version = "1", state = "ready", task = m.Task, variant = "fp32", max_tokens = 128 } },
            }),
            default_tasks = Models.Select(m => m.Task),
        },
        counters = new { requests = asked * 10, batches = asked * 2, batch_sequences = asked * 10, tokens_in = asked * 100, tokens_out = asked * 50, cache_hits = asked * 3, cache_misses = asked, queue_seconds = asked * 0.01 },
    }, TestModels.Json);

    public static async Task AnswerAsync(HttpContext context)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body);
        var headers = context.Response.Headers;
        headers["x-model-version"] = "1";
        headers["x-cache"] = "miss";
        headers["Server-Timing"] = "tokenize;dur=0.2, queue;dur=0.4, infer;dur=1.6";
        new ReportedUsage(body.RootElement.GetProperty("model").GetString(), 12, 3).WriteTo(headers);
        object? answer = context.Request.Path.Value switch
        {
            "/v1/classify" => new
            {
                results = body.RootElement.GetProperty("input").EnumerateArray().Select(_ => new { labels = new[] { new { label = "positive", score = 0.91 }, new { label = "negative", score = 0.09 } } }),
                usage = new { total_tokens = 12 },
            },
            "/v1/embeddings" => new
            {
                data = body.RootElement.GetProperty("input").EnumerateArray().Select((_, i) => new { embedding = new[] { 1.0, i } }),
                usage = new { total_tokens = 12 },
            },
            "/v1/rerank" => new { results = new[] { new { index = 1, relevance_score = 0.8 }, new { index = 0, relevance_score = 0.1 } }, usage = new { total_tokens = 12 } },
            "/v1/tokenize" => new { ids = new[] { 2, 17 }, tokens = new[] { "[CLS]", "<b>bold</b>" }, offsets = new[] { new[] { 0, 0 }, new[] { 0, 4 } }, count = 2 },
            _ => null,
        };
        if (answer is null) await StreamAsync(context, body.RootElement);
        else await context.Response.WriteAsJsonAsync(answer);
    }

    /// <summary>Three pieces of text; where most tokens are 999, no end after them.</summary>
    private static async Task StreamAsync(HttpContext context, JsonElement request)
    {
        var isChat = request.TryGetProperty("messages", out _);
        context.Response.ContentType = "text/event-stream";
        foreach (var piece in new[] { " there", " was", " <i>one</i>" }) await WriteAsync(isChat ? new { choices = new[] { new { delta = new { content = piece } } } } : new { choices = new[] { new { text = piece } } });
        if (request.TryGetProperty(isChat ? "max_completion_tokens" : "max_tokens", out var most) && most.GetInt32() == 999) await Task.Delay(Timeout.Infinite, context.RequestAborted);
        await WriteAsync(new { choices = new[] { new { finish_reason = "stop" } } });
        await WriteAsync(new { choices = Array.Empty<object>(), usage = new { prompt_tokens = 4, completion_tokens = 3 } });
        await context.Response.WriteAsync("data: [DONE]\n\n");

        async Task WriteAsync(object data)
        {
            await context.Response.WriteAsync($"data: {JsonSerializer.Serialize(data)}\n\n");
            await context.Response.Body.FlushAsync();
        }
    }
}

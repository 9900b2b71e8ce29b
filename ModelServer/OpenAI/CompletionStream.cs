using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Generate;
using ModelServer.Telemetry;
using ServiceDefaults;

namespace ModelServer.OpenAI;

/// <summary>Answers with events as the text comes. Until the first of them a failure is an ordinary error; afterwards it is an event, and <c>[DONE]</c> does not follow.</summary>
internal sealed class CompletionStream<TChoice>(
    TextGeneration generation, CompletionHead head, Func<TextChunk, TChoice> toChoice, JsonTypeInfo<Completion<TChoice>> type, bool tellUsage) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var running = generation;
        using var events = new EventStream(httpContext.Response);
        var cancellation = httpContext.RequestAborted;
        try
        {
            while (await NextAsync(events, httpContext) is { } chunk)
            {
                Begin(httpContext);
                await events.SendAsync(head.With([toChoice(chunk)]), type, cancellation);
            }

            if (tellUsage) await events.SendAsync(head.With<TChoice>([], generation.Usage()), type, cancellation);
            await events.SendCommentAsync(UsageComment(), cancellation);
            await events.SendDoneAsync(cancellation);
        }
        catch (Exception e) when (httpContext.Response.HasStarted)
        {
            await events.SendCommentAsync(UsageComment(), CancellationToken.None);
            // A caller who has left reads neither; for one who is still there it was the deadline.
            var reason = e is OperationCanceledException ? new DeadlineExceededException() : e;
            await events.SendErrorAsync(httpContext.RequestServices.GetRequiredService<ExceptionTable>().ToError(reason, httpContext));
        }
    }

    /// <summary>The next part; while there is none, comments keep the stream alive.</summary>
    private async ValueTask<TextChunk?> NextAsync(EventStream events, HttpContext http)
    {
        var next = generation.ReadAsync(http.RequestAborted);
        if (next.IsCompleted) return await next;
        var waiting = next.AsTask();
        var heartbeat = http.RequestServices.GetRequiredService<IOptions<OpenAIOptions>>().Value.Heartbeat;
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        while (true)
        {
            try
            {
                return await waiting.WaitAsync(heartbeat, time, http.RequestAborted);
            }
            catch (TimeoutException)
            {
                if (waiting.IsCompleted) continue;
                Begin(http);
                await events.SendCommentAsync("waiting", http.RequestAborted);
            }
        }
    }

    private void Begin(HttpContext http)
    {
        if (http.Response.HasStarted) return;
        ResponseHeaders.Write(http, generation.Version, generation.Timing(), generation.PromptTokens);
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
    }

    /// <summary>For the gateway, which settles quotas by it whether or not the caller asked for the usage.</summary>
    private string UsageComment()
        => string.Create(CultureInfo.InvariantCulture, $"usage prompt_tokens={generation.PromptTokens} completion_tokens={generation.CompletionTokens}");
}

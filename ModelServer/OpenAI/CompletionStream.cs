using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary>Answers with events as the text comes. Until the first of them a failure is an ordinary error; afterwards it is an event, and <c>[DONE]</c> does not follow.</summary>
internal sealed class CompletionStream<TChoice>(
    TextGeneration generation, CompletionHead head, IChunkReader<TChoice> reader, bool withUsage) : IStreamedResult
{
    private readonly JsonTypeInfo<Completion<TChoice>> _type = OpenAIJson.Event<TChoice>(withUsage);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var running = generation;
        using var events = new EventStreamWriter(httpContext.Response);
        try
        {
            using var heartbeat = Heartbeat(httpContext);
            while (await WaitAsync(heartbeat, events, httpContext))
            {
                if (!generation.TryRead(out var chunk)) continue;
                await BeginAsync(httpContext);
                do
                    foreach (var choice in reader.Read(chunk)) events.Write(head.With([choice]), _type);
                while (generation.TryRead(out chunk));
                await events.FlushAsync();
            }

            if (withUsage) events.Write(head.With<TChoice>([], generation.Usage()), _type);
            await events.SendDoneAsync();
        }
        catch (Exception e) when (httpContext.Response.HasStarted)
        {
            // A caller who has left reads neither; for one who is still there it was the deadline.
            var reason = e is OperationCanceledException ? new DeadlineExceededException() : e;
            await events.SendErrorAsync(httpContext.RequestServices.GetRequiredService<ExceptionTable>().ToError(reason, httpContext));
        }
    }

    /// <summary>Waits for the next chunk; while there is none, events that say nothing new keep the stream alive. They are ordinary events, for there are clients
    /// that take a comment for an event without data, or for a line that must not be there.</summary>
    // There is a wait for each token: none leaves an object behind.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync(StreamHeartbeat heartbeat, EventStreamWriter events, HttpContext http)
    {
        while (true)
        {
            try
            {
                return await generation.WaitAsync(heartbeat.Start());
            }
            catch (OperationCanceledException) when (heartbeat.IsDue)
            {
                if (generation.Unfinished is not { } choice) continue;
                await BeginAsync(http);
                events.Write(head.With([reader.Nothing(choice)]), _type);
                await events.FlushAsync();
            }
        }
    }

    private static StreamHeartbeat Heartbeat(HttpContext http) => new(
        http.RequestServices.GetRequiredService<IOptions<OpenAIOptions>>().Value.Heartbeat,
        http.RequestServices.GetRequiredService<TimeProvider>(),
        http.RequestAborted);

    private Task BeginAsync(HttpContext http) => ResponseHeaders.BeginEventsAsync(http, generation.Version.Version, generation.Timing());
}

using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.OpenAI;
using ModelServer.Requests;

namespace ModelServer.Responses;

/// <summary>Answers with events as the text comes, in OpenAI's order. Until the first of them a failure is an ordinary error; afterwards it is the last two events.</summary>
internal sealed class ResponseEventStream(ResponseRun run) : IStreamedResult
{
    private int _sequence;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var generation = run.Generation;
        using var events = new EventStreamWriter(httpContext.Response);
        var cancellation = httpContext.RequestAborted;
        try
        {
            using var heartbeat = Heartbeat(httpContext);
            while (await WaitAsync(heartbeat, events, httpContext))
            {
                if (!generation.TryRead(out var chunk)) continue;
                await BeginAsync(events, httpContext);
                do
                    foreach (var told in run.Read(chunk)) Write(events, told);
                while (generation.TryRead(out chunk));
                await events.FlushAsync();
            }

            // Stored before it is told: whoever reads the event may go on from it.
            var response = await run.CompleteAsync(cancellation);
            Write(events, new($"response.{response.Status}") { Response = response });
            await events.FlushAsync();
        }
        catch (Exception e) when (httpContext.Response.HasStarted)
        {
            // A caller who has left reads neither; for one who is still there it was the deadline.
            var reason = e is OperationCanceledException ? new DeadlineExceededException() : e;
            var error = httpContext.RequestServices.GetRequiredService<ExceptionTable>().ToError(reason, httpContext);
            Write(events, new("response.failed") { Response = run.Failed(error) });
            // Clients that look at the text alone take notice of this one.
            Write(events, new("error") { Code = error.Code ?? "server_error", Message = error.Message, Param = error.Param });
            await events.EndAsync();
        }
    }

    /// <summary>Waits for the next chunk; while there is none, events that say nothing new keep the stream alive.</summary>
    private async ValueTask<bool> WaitAsync(StreamHeartbeat heartbeat, EventStreamWriter events, HttpContext http)
    {
        while (true)
        {
            try
            {
                return await run.Generation.WaitAsync(heartbeat.Start());
            }
            catch (OperationCanceledException) when (heartbeat.IsDue)
            {
                if (!await BeginAsync(events, http)) Write(events, run.Nothing());
                await events.FlushAsync();
            }
        }
    }

    /// <returns>Whether it begins only now.</returns>
    private async ValueTask<bool> BeginAsync(EventStreamWriter events, HttpContext http)
    {
        if (http.Response.HasStarted) return false;
        await ResponseHeaders.BeginEventsAsync(http, run.Generation.Version.Version, run.Generation.Timing());
        var response = run.InProgress();
        Write(events, new("response.created") { Response = response });
        Write(events, new("response.in_progress") { Response = response });
        return true;
    }

    private void Write(EventStreamWriter events, ResponsesEvent told)
        => events.Write(told with { SequenceNumber = _sequence++ }, ResponsesJson.Readable.ResponsesEvent, told.Type);

    private static StreamHeartbeat Heartbeat(HttpContext http) => new(
        http.RequestServices.GetRequiredService<IOptions<OpenAIOptions>>().Value.Heartbeat,
        http.RequestServices.GetRequiredService<TimeProvider>(),
        http.RequestAborted);
}

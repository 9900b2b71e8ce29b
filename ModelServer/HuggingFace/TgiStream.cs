using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.OpenAI;
using ModelServer.Requests;

namespace ModelServer.HuggingFace;

/// <summary>Answers with an event for each token; the last has the whole text. Until the first of them a failure is an ordinary error; afterwards it is the
/// last event, in the form of that server's errors.</summary>
internal sealed class TgiStream(TgiRequest request, TextGeneration generation) : IStreamedResult
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // Letters of any script stay readable: these bodies are never part of a page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly TgiText _text = new(request, generation);
    private int _index;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var running = generation;
        var (response, client) = (httpContext.Response, RequestDeadline.ClientOf(httpContext));
        try
        {
            using var heartbeat = new StreamHeartbeat(
                httpContext.RequestServices.GetRequiredService<IOptions<OpenAIOptions>>().Value.Heartbeat, httpContext.RequestServices.GetRequiredService<TimeProvider>(), httpContext.RequestAborted);
            while (await WaitAsync(heartbeat, httpContext))
            {
                if (!generation.TryRead(out var chunk)) continue;
                await BeginAsync(httpContext);
                do WriteChunk(response, chunk);
                while (generation.TryRead(out chunk));
                await response.BodyWriter.FlushAsync(client);
            }
        }
        catch (Exception e) when (response.HasStarted)
        {
            // A caller who has left reads neither; for one who is still there it was the deadline.
            var reason = e is OperationCanceledException ? new DeadlineExceededException() : e;
            Write(response, httpContext.RequestServices.GetRequiredService<ExceptionTable>().ToError(reason, httpContext).ToHuggingFace(httpContext.Request.Path));
            await response.BodyWriter.FlushAsync(CancellationToken.None);
        }
    }

    /// <summary>Waits for the next chunk; while there is none, empty comments keep the stream alive, as those of that server do.</summary>
    private async ValueTask<bool> WaitAsync(StreamHeartbeat heartbeat, HttpContext http)
    {
        while (true)
        {
            try
            {
                return await generation.WaitAsync(heartbeat.Start());
            }
            catch (OperationCanceledException) when (heartbeat.IsDue)
            {
                await BeginAsync(http);
                http.Response.BodyWriter.Write(":\n\n"u8);
                await http.Response.BodyWriter.FlushAsync(RequestDeadline.ClientOf(http));
            }
        }
    }

    private void WriteChunk(HttpResponse response, TextChunk chunk)
    {
        var tokens = _text.Read(chunk);
        // What ends without a token of its own still has a last event.
        if (tokens is [] && chunk.Finish is not null) tokens = [new(0, chunk.Text, null, Special: true)];
        for (var i = 0; i < tokens.Length; i++)
        {
            var isLast = _text.Finish is not null && i == tokens.Length - 1;
            var details = isLast && request.Parameters?.Details == true
                ? new TgiStreamDetails(_text.Finish!, generation.CompletionTokens, _text.Seed, generation.PromptTokens)
                : null;
            Write(response, new TgiEvent(++_index, tokens[i], isLast ? _text.Text : null, details));
        }
    }

    private static void Write<T>(HttpResponse response, T value)
    {
        response.BodyWriter.Write("data:"u8);
        response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(value, Json));
        response.BodyWriter.Write("\n\n"u8);
    }

    private Task BeginAsync(HttpContext http) => ResponseHeaders.BeginEventsAsync(http, generation.Version.Version, generation.Timing());
}

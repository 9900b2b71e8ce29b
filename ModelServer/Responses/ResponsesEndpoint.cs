using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.Responses;

/// <summary><c>POST /v1/responses</c>, as OpenAI's: answers a conversation, and keeps the answer for others to go on from.</summary>
internal static class ResponsesEndpoint
{
    public static async Task<IResult> HandleAsync(
        ResponsesRequest request, TextGenerator generator, ResponseContexts contexts, ResponseStore store, HttpContext http, TimeProvider time)
    {
        var caller = Caller.From(http);
        var context = await contexts.FindAsync(request, caller, ItemIds.Of(http.Request.Headers[ResponseNumber.HeaderName]), http.Request.ContentLength, http.RequestAborted);
        var chat = request.ToChat(context);
        var generation = generator.Start(request.ToGeneration(chat, caller));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        var run = new ResponseRun(request, chat, context, generation, store, time);
        if (request.Stream == true) return new ResponseEventStream(run);

        using (generation)
        {
            while (await generation.WaitAsync(http.RequestAborted))
                while (generation.TryRead(out var chunk))
                    foreach (var _ in run.Read(chunk)) ;
            ResponseHeaders.Write(http, generation.Version.Version, generation.Timing());
            return TypedResults.Json(await run.CompleteAsync(http.RequestAborted), ResponsesJson.Readable.ResponsesObject);
        }
    }
}

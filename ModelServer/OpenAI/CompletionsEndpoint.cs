using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/completions</c>, as OpenAI's: continues texts or lists of token ids.</summary>
internal static class CompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(CompletionsRequest request, TextGenerator generator, HttpContext http, TimeProvider time)
    {
        var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        var head = CompletionHead.Of("cmpl", "text_completion", generation, time);
        var reader = new CompletionChunkReader(request.Logprobs);
        if (request.Stream == true) return new CompletionStream<TextCompletionChoice>(generation, head, reader, request.TellsUsage());

        using (generation)
        {
            var answers = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version.Name, generation.Version.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
            TextCompletionChoice[] choices = [.. answers.Select((a, i) => reader.Whole(i, a))];
            return TypedResults.Json(head.With(choices, generation.Usage()), OpenAIJson.Readable.CompletionTextCompletionChoice);
        }
    }
}

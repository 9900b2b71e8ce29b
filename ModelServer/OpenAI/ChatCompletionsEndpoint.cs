using ModelServer.Answers;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>, as OpenAI's: answers a conversation.</summary>
internal static class ChatCompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(ChatCompletionsRequest request, TextGenerator generator, HttpContext http, TimeProvider time)
    {
        var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        var reader = new ChatChunkReader(withLogprobs: request.Logprobs == true);
        if (request.Stream == true)
        {
            var head = CompletionHead.Of("chatcmpl", "chat.completion.chunk", generation, time);
            return new CompletionStream<ChatCompletionDelta>(generation, head, reader, request.TellsUsage());
        }

        using (generation)
        {
            var answers = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version.Name, generation.Version.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
            var choices = answers.Select((a, i) => new ChatCompletionChoice(i, new(a.Text, "assistant", null), reader.Logprobs(a.Tokens), a.Finish.Name()));
            var head = CompletionHead.Of("chatcmpl", "chat.completion", generation, time);
            return TypedResults.Json(head.With([.. choices], generation.Usage()), OpenAIJson.Readable.CompletionChatCompletionChoice);
        }
    }
}

using Microsoft.Extensions.Options;
using ModelServer.Generation;
using ModelServer.Requests;
using ServiceDefaults;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>, as OpenAI's: answers a conversation.</summary>
internal static class ChatCompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(ChatRequest request, TextGenerator generator, IOptions<OpenAIOptions> options, HttpContext http, TimeProvider time)
    {
        if (request.Validate(options.Value.MaxMessages, options.Value.MaxChoices) is { } error) return new ApiErrorResult(error with { Status = 400 });
        var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        var reader = new ChatChunkReader(withLogprobs: request.Logprobs == true);
        if (request.Stream == true)
        {
            var head = CompletionHead.Of("chatcmpl", "chat.completion.chunk", generation, time);
            return new CompletionStream<ChatDeltaBody>(generation, head, reader, OpenAIJson.Readable.CompletionChatDeltaBody, request.TellsUsage);
        }

        using (generation)
        {
            var answers = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version.Name, generation.Version.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
            var choices = answers.Select((a, i) => new ChatChoiceBody(i, new ChatAnswer(a.Text), reader.Logprobs(a.Tokens), a.Finish.Name()));
            var head = CompletionHead.Of("chatcmpl", "chat.completion", generation, time);
            return TypedResults.Json(head.With([.. choices], generation.Usage()), OpenAIJson.Readable.CompletionChatChoiceBody);
        }
    }
}

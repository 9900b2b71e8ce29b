using ModelServer.Answers;
using ModelServer.Chat;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>, as OpenAI's: answers a conversation.</summary>
internal static class ChatCompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(ChatCompletionsRequest request, TextGenerator generator, HttpContext http, TimeProvider time)
    {
        var chat = request.ToChat();
        var generation = generator.Start(request.ToGeneration(chat, Caller.From(http)));
        // The request owns it: a stream may never be executed.
        http.Response.RegisterForDispose(generation);
        var isStream = request.Stream == true;
        var answers = chat.Read(generation, isWhole: !isStream);
        var (withLogprobs, asFunctions) = (request.Logprobs == true, request.UsesFunctions());
        if (isStream)
        {
            var reader = new ChatChunkReader(answers, withLogprobs, asFunctions);
            var head = CompletionHead.Of("chatcmpl", "chat.completion.chunk", generation, time);
            return new CompletionStream<ChatCompletionDelta>(generation, head, reader, request.TellsUsage());
        }

        using (generation)
        {
            var texts = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version.Version, generation.Timing());
            var choices = texts.Select((text, i) => WholeAnswer.Of(answers, i, text).ToChoice(i, withLogprobs, asFunctions));
            var head = CompletionHead.Of("chatcmpl", "chat.completion", generation, time);
            return TypedResults.Json(head.With([.. choices], generation.Usage()), OpenAIJson.Readable.CompletionChatCompletionChoice);
        }
    }
}

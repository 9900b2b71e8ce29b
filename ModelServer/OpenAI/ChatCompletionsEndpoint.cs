using System.Text;
using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Generate;
using ModelServer.Telemetry;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/chat/completions</c>, as OpenAI's: answers a conversation.</summary>
internal static class ChatCompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(ChatCompletionsRequest request, TextGenerator generator, IOptions<OpenAIOptions> options, HttpContext http, TimeProvider time)
    {
        if (request.Validate(options.Value.MaxMessages, options.Value.MaxChoices) is { } error) return new ApiErrorResult(error with { Status = 400 });
        var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        if (request.Stream == true) return Stream(request, generation, time);

        using (generation)
        {
            var answers = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
            var choices = answers.Select((a, i) => new ChatCompletionChoice(i, new(a.Text, "assistant", null), ToLogprobs(request, a.Tokens), a.Finish.Name()));
            var head = CompletionHead.Of("chatcmpl", "chat.completion", generation, time);
            return TypedResults.Json(head.With([.. choices], generation.Usage()), OpenAIJson.Readable.CompletionChatCompletionChoice);
        }
    }

    private static CompletionStream<ChatCompletionDelta> Stream(ChatCompletionsRequest request, TextGeneration generation, TimeProvider time)
    {
        var begun = new HashSet<int>();
        var head = CompletionHead.Of("chatcmpl", "chat.completion.chunk", generation, time);
        return new(generation, head, ToDelta, OpenAIJson.Readable.CompletionChatCompletionDelta, request.TellsUsage());

        ChatCompletionDelta ToDelta(TextChunk chunk)
        {
            var isFirst = begun.Add(chunk.Choice);
            var delta = new ChatDelta(isFirst ? "assistant" : null, isFirst || chunk.Text.Length > 0 ? chunk.Text : null);
            return new(chunk.Choice, delta, ToLogprobs(request, chunk.Tokens), chunk.Finish?.Name());
        }
    }

    private static ChatLogprobs? ToLogprobs(ChatCompletionsRequest request, IReadOnlyList<ScoredToken> tokens)
        => request.Logprobs == true ? new([.. tokens.Select(ToLogprob)], null) : null;

    private static ChatLogprob ToLogprob(ScoredToken token) => new(
        token.Text,
        token.Logprob,
        ToBytes(token.Text),
        Array.ConvertAll(token.Top, t => new ChatTopLogprob(t.Text, t.Logprob, ToBytes(t.Text))));

    private static int[] ToBytes(string text) => Array.ConvertAll(Encoding.UTF8.GetBytes(text), b => (int)b);
}

using Microsoft.Extensions.Options;
using ModelServer.Batching;
using ModelServer.Generate;
using ModelServer.Models;
using ModelServer.Telemetry;

namespace ModelServer.OpenAI;

/// <summary><c>POST /v1/completions</c>, as OpenAI's: continues texts or lists of token ids.</summary>
internal static class CompletionsEndpoint
{
    public static async Task<IResult> HandleAsync(CompletionsRequest request, TextGenerator generator, IOptions<OpenAIOptions> options, HttpContext http, TimeProvider time)
    {
        if (request.Validate(options.Value.MaxChoices) is { } error) return new ApiErrorResult(error with { Status = 400 });
        var generation = generator.Start(request.ToGeneration(Caller.From(http)));
        var head = CompletionHead.Of("cmpl", "text_completion", generation, time);
        var echo = request.Echo == true ? new Echo(request, generation.Loaded) : null;
        if (request.Stream == true)
            return new CompletionStream<TextCompletionChoice>(generation, head, chunk => ToChoice(request, chunk, echo), OpenAIJson.Readable.CompletionTextCompletionChoice, request.TellsUsage());

        using (generation)
        {
            var answers = await generation.ReadToEndAsync(http.RequestAborted);
            ResponseHeaders.Write(http, generation.Version, generation.Timing(), generation.PromptTokens, generation.CompletionTokens);
            TextCompletionChoice[] choices = [.. answers.Select((a, i) => ToChoice(request, new TextChunk(i, a.Text, a.Tokens, a.Finish), echo))];
            return TypedResults.Json(head.With(choices, generation.Usage()), OpenAIJson.Readable.CompletionTextCompletionChoice);
        }
    }

    private static TextCompletionChoice ToChoice(CompletionsRequest request, TextChunk chunk, Echo? echo)
        => new(chunk.Choice, echo?.Before(chunk.Choice) + chunk.Text, request.Logprobs is { } top ? ToLogprobs(chunk.Tokens, top) : null, chunk.Finish?.Name()!);

    private static TextLogprobs ToLogprobs(IReadOnlyList<ScoredToken> tokens, int top) => new(
        [.. tokens.Select(t => t.Text)],
        [.. tokens.Select(t => t.Logprob)],
        top == 0 ? null : [.. tokens.Select(ToTop)],
        [.. tokens.Select(t => t.Offset)]);

    private static Dictionary<string, float> ToTop(ScoredToken token)
    {
        var top = new Dictionary<string, float>();
        // Tokens that look alike are one here: the likeliest.
        foreach (var (text, logprob) in token.Top) top.TryAdd(text, logprob);
        top.TryAdd(token.Text, token.Logprob);
        return top;
    }

    /// <summary>Puts the prompt in front of the first part of each choice.</summary>
    private sealed class Echo(CompletionsRequest request, LoadedModel loaded)
    {
        private readonly HashSet<int> _begun = [];

        public string Before(int choice)
        {
            if (!_begun.Add(choice)) return "";
            var prompt = choice / request.Choices;
            return request.Prompt.Texts is { } texts ? texts[prompt] : loaded.Tokenizer.Decode(request.Prompt.Ids![prompt], skipSpecialTokens: true);
        }
    }
}

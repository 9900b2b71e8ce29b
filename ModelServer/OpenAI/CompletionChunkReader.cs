using ModelServer.Generation;
using ModelServer.Sampling;

namespace ModelServer.OpenAI;

/// <summary>Reads continuations as they are; with <c>echo</c> the first chunk of each choice has its prompt in front.</summary>
internal sealed class CompletionChunkReader(CompletionsRequest request, DecoderModel model) : IChunkReader<TextCompletionChoice>
{
    private readonly HashSet<int> _echoed = [];

    public TextCompletionChoice[] Read(TextChunk chunk) =>
    [
        new(chunk.Choice, Echo(chunk.Choice) + chunk.Text, request.Logprobs is { } top ? ToLogprobs(chunk.Tokens, top) : null, chunk.Finish?.Name()!),
    ];

    private string? Echo(int choice)
    {
        if (request.Echo != true || !_echoed.Add(choice)) return null;
        var prompt = choice / request.Choices;
        return request.Prompt.Texts is { } texts ? texts[prompt] : model.Tokenizer.Decode(request.Prompt.Ids![prompt], skipSpecialTokens: true);
    }

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
}

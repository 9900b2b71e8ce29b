using ModelServer.Chat;
using ModelServer.Generation;

namespace ModelServer.Responses;

/// <summary>A response that is being made. One thread at a time calls it.</summary>
internal sealed class ResponseRun(ResponsesRequest request, ChatRequest chat, ResponseContext context, TextGeneration generation, ResponseStore store, TimeProvider time)
{
    private readonly AnswerReader _reader = chat.Read(generation, isWhole: request.Stream != true);
    private readonly OutputItems _items = new(context.Ids, request.TellsLogprobs());
    private readonly long _created = time.GetUtcNow().ToUnixTimeSeconds();
    private int _tokens;
    private int _reasoningTokens;

    public TextGeneration Generation => generation;

    /// <summary>The events that a chunk of text makes due.</summary>
    public IEnumerable<ResponsesEvent> Read(TextChunk chunk)
    {
        var parts = _reader.Read(chunk);
        var tokens = generation.CompletionTokens;
        if (parts.Any(p => p is ReasoningPart)) _reasoningTokens += tokens - _tokens;
        _tokens = tokens;
        foreach (var part in parts)
            foreach (var told in _items.Append(part)) yield return told;
    }

    /// <summary>An event that says nothing new, for a stream that would else be silent for too long.</summary>
    public ResponsesEvent Nothing() => _items.Nothing() ?? new("response.in_progress") { Response = InProgress() };

    /// <summary>The response while its text is not complete.</summary>
    public ResponsesObject InProgress() => Tell("in_progress");

    /// <summary>The response that could not be completed.</summary>
    public ResponsesObject Failed(ApiError error) => Tell("failed") with { Error = new(error.Code ?? "server_error", error.Message), Store = false };

    /// <summary>The whole response, stored where it is to be.</summary>
    public async Task<ResponsesObject> CompleteAsync(CancellationToken cancellationToken)
    {
        var isCut = _items.End == AnswerEnd.Length;
        var response = Tell(isCut ? "incomplete" : "completed") with
        {
            CompletedAt = isCut ? null : time.GetUtcNow().ToUnixTimeSeconds(),
            IncompleteDetails = isCut ? new("max_output_tokens") : null,
            Usage = new(generation.PromptTokens, new(generation.CachedTokens), generation.CompletionTokens, new(_reasoningTokens), generation.PromptTokens + generation.CompletionTokens),
        };
        if (!context.Stores) return response;
        return await store.TryWriteAsync(context.Client, new(response, context.Input, context.History), cancellationToken) ? response : response with { Store = false };
    }

    private ResponsesObject Tell(string status) => new(context.Ids.Response, "response", _created, status, null, null, null, generation.Version.Name, _items.Done, null)
    {
        Instructions = request.Instructions,
        MaxOutputTokens = request.MaxOutputTokens,
        MaxToolCalls = request.MaxToolCalls,
        Metadata = request.Metadata ?? [],
        ParallelToolCalls = request.ParallelToolCalls ?? true,
        PreviousResponseId = request.PreviousResponseId,
        PromptCacheKey = request.PromptCacheKey,
        Reasoning = new(request.Reasoning?.Effort),
        SafetyIdentifier = request.SafetyIdentifier,
        Store = context.Stores,
        Temperature = generation.Sampling.Temperature,
        Text = new(request.Text?.Format ?? new ResponsesTextFormat("text")) { Verbosity = "medium" },
        ToolChoice = request.ToolChoice ?? ResponsesToolChoice.Auto,
        Tools = request.Tools ?? [],
        TopLogprobs = request.TopLogprobs ?? 0,
        TopP = generation.Sampling.TopP,
        User = request.User,
    };
}

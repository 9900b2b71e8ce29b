using ModelServer.Admission;
using ModelServer.Runtime;
using ModelServer.Tensors;

namespace ModelServer.Decoders;

/// <summary>A loaded model that continues sequences.</summary>
/// <param name="window">Most tokens of a prompt and its continuation together.</param>
/// <param name="vocabulary">One more than the highest token id.</param>
/// <param name="scoresPrompts">Whether the graph can give the logits behind every token of a prompt.</param>
/// <param name="loops">They take from the queue.</param>
/// <param name="model">What the loops run; freed after them.</param>
/// <param name="prefixes">The beginnings of prompts that the loops keep; freed after them.</param>
/// <param name="memory">The reservation of its rows.</param>
/// <param name="drafts">How its sequences are drafted; null where they are not.</param>
internal sealed class Decoder(
    int window, int vocabulary, bool scoresPrompts, AdmissionGate admission, DecoderQueue queue, IReadOnlyList<DecoderLoop> loops, DecoderNetwork model, PrefixStore? prefixes, MemoryPromise memory,
    DraftRules? drafts)
    : IDisposable
{
    private readonly Lock _disposing = new();
    private bool _disposed;

    public int Window => window;

    /// <summary>What its graph takes and gives.</summary>
    public TensorGraph Graph { get; } = new(model.Session);

    public int VocabularySize => vocabulary;

    /// <summary>What its caches were promised.</summary>
    public long CacheBytes => memory.Bytes + (prefixes?.Bytes ?? 0);

    /// <summary>What it has filled with beginnings of prompts.</summary>
    public long PrefixBytes => prefixes?.UsedBytes ?? 0;

    /// <summary>Rows in use.</summary>
    public int Active => loops.Sum(l => l.Active);

    /// <summary>Sequences that wait for a row.</summary>
    public int Waiting => queue.Count;

    /// <summary>The part of the key-value cache in use, from 0 to 1: a row is one sequence's, however long.</summary>
    public double CacheUse => (double)Active / loops.Sum(l => l.Rows);

    /// <summary>Tokens of the sequences that wait or run: prompts and what they may grow by.</summary>
    public long PendingTokens => admission.PendingTokens;

    /// <inheritdoc cref="DecoderLoop.Failure"/>
    public Task<Exception> Failure { get; } = Task.WhenAny(loops.Select(l => l.Failure)).Unwrap();

    /// <summary>Admits sequences, all or none, by the most tokens that each can have: a full queue costs no tokenizing.</summary>
    /// <param name="bounds">Of prompt and continuation together.</param>
    /// <returns>A place for each, to be disposed unless <see cref="Start(IReadOnlyList{DecoderRequest}, DecoderPlaces)"/> takes them.</returns>
    /// <exception cref="OverloadedException">Too much waits already.</exception>
    public DecoderPlaces Admit(IEnumerable<int> bounds) => new(admission, bounds);

    /// <summary>Admits and starts one sequence.</summary>
    /// <inheritdoc cref="Start(IReadOnlyList{DecoderRequest})"/>
    public DecoderSequence Start(DecoderRequest request) => Start([request])[0];

    /// <summary>Admits and starts sequences, all or none.</summary>
    /// <exception cref="OverloadedException">Too much waits already.</exception>
    /// <inheritdoc cref="Start(IReadOnlyList{DecoderRequest}, DecoderPlaces)"/>
    public DecoderSequence[] Start(IReadOnlyList<DecoderRequest> requests)
    {
        foreach (var request in requests) Check(request);
        using var places = Admit(requests.Select(r => r.Prompt.Length + r.MaxTokens));
        return Start(requests, places);
    }

    /// <summary>Starts sequences that have been admitted, all or none.</summary>
    /// <exception cref="InvalidFieldException">A prompt is empty, does not fit the window with its continuation, has a token id that is none of the model's, or
    /// is to be scored by a graph that cannot.</exception>
    /// <exception cref="ModelNotReadyException">The model is being unloaded.</exception>
    public DecoderSequence[] Start(IReadOnlyList<DecoderRequest> requests, DecoderPlaces places)
    {
        foreach (var request in requests) Check(request);
        DecoderSequence[] sequences = [.. requests.Select((r, i) => new DecoderSequence(r, queue, places.For(i, r), drafts))];
        queue.Add(sequences);
        places.Keep();
        return sequences;
    }

    /// <summary>Ends what runs and what waits, then frees the engine. Whoever comes second returns when that is done.</summary>
    public void Dispose()
    {
        lock (_disposing)
        {
            if (_disposed) return;
            _disposed = true;
            queue.Close();
            foreach (var loop in loops) loop.Dispose();
            prefixes?.Dispose();
            model.Dispose();
            memory.Dispose();
        }
    }

    private void Check(DecoderRequest request)
    {
        var prompt = request.Prompt;
        if (prompt.Length == 0) throw new InvalidFieldException("prompt", "prompt has no tokens.");
        if (prompt.Length + (long)request.MaxTokens > window)
            throw new InvalidFieldException(
                "max_tokens",
                $"The model's window is {window} tokens; the prompt has {prompt.Length} and {request.MaxTokens} more were asked for.",
                "context_length_exceeded");
        if (request.PromptLogprobs is not null && !scoresPrompts)
            throw new InvalidFieldException(
                "echo",
                "The model's graph gives the logits behind the last token alone: echo does not go with logprobs here. An export with the logits of every token, or with num_logits_to_keep, can do both.",
                "unsupported_parameter");
        foreach (var id in prompt) CheckId(id, "prompt");
        foreach (var id in request.Sampling.LogitBias.Keys) CheckId(id, "logit_bias");
    }

    private void CheckId(int id, string field)
    {
        if ((uint)id >= (uint)vocabulary) throw new InvalidFieldException(field, $"{field} has the token id {id}; the model's are 0 to {vocabulary - 1}.");
    }
}

using ModelServer.Admission;

namespace ModelServer.Decoders;

/// <summary>A loaded model that continues sequences.</summary>
/// <param name="window">Most tokens of a prompt and its continuation together.</param>
/// <param name="vocabulary">One more than the highest token id.</param>
/// <param name="loops">They take from the queue.</param>
/// <param name="model">What the loops run; freed after them.</param>
/// <param name="memory">The reservation of its caches.</param>
internal sealed class Decoder(
    int window, int vocabulary, AdmissionGate admission, DecoderQueue queue, IReadOnlyList<DecoderLoop> loops, DecoderNetwork model, IDisposable memory) : IDisposable
{
    private readonly Lock _disposing = new();
    private bool _disposed;

    public int Window => window;

    public int VocabularySize => vocabulary;

    /// <summary>Rows in use.</summary>
    public int Active => loops.Sum(l => l.Active);

    /// <summary>The part of the key-value cache in use, from 0 to 1: a row is one sequence's, however long.</summary>
    public double CacheUse => (double)Active / loops.Sum(l => l.Rows);

    /// <summary>Tokens of the sequences that wait or run: prompts and what they may grow by.</summary>
    public long PendingTokens => admission.PendingTokens;

    /// <inheritdoc cref="DecoderLoop.Failure"/>
    public Task<Exception> Failure { get; } = Task.WhenAny(loops.Select(l => l.Failure)).Unwrap();

    /// <summary>Admits one sequence.</summary>
    /// <inheritdoc cref="Start(IReadOnlyList{DecoderRequest})"/>
    public DecoderSequence Start(DecoderRequest request) => Start([request])[0];

    /// <summary>Admits sequences, all or none.</summary>
    /// <exception cref="InvalidFieldException">A prompt is empty, does not fit the window with its continuation, or has a token id that is none of the model's.</exception>
    /// <exception cref="OverloadedException">Too much waits already.</exception>
    /// <exception cref="ModelNotReadyException">The model is being unloaded.</exception>
    public DecoderSequence[] Start(IReadOnlyList<DecoderRequest> requests)
    {
        foreach (var request in requests) Check(request);
        var permits = new List<AdmissionGate.Permit>(requests.Count);
        try
        {
            foreach (var request in requests) permits.Add(admission.Enter(1, request.Prompt.Length + request.MaxTokens));
            DecoderSequence[] sequences = [.. requests.Select((r, i) => new DecoderSequence(r, queue, permits[i]))];
            foreach (var permit in permits) permit.Start();
            queue.Add(sequences);
            return sequences;
        }
        catch
        {
            foreach (var permit in permits) permit.Dispose();
            throw;
        }
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
        foreach (var id in prompt) CheckId(id, "prompt");
        foreach (var id in request.Sampling.LogitBias.Keys) CheckId(id, "logit_bias");
    }

    private void CheckId(int id, string field)
    {
        if ((uint)id >= (uint)vocabulary) throw new InvalidFieldException(field, $"{field} has the token id {id}; the model's are 0 to {vocabulary - 1}.");
    }
}

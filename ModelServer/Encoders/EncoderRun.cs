using ModelServer.Admission;

namespace ModelServer.Encoders;

/// <summary>Takes the sequences of one request through the queue; those that the cache answers never enter it. Disposing releases their room.</summary>
/// <param name="permit">By which they were admitted.</param>
internal sealed class EncoderRun(SequenceQueue queue, EncoderSequence[] sequences, AdmissionGate.Permit permit) : IDisposable
{
    private readonly List<EncoderSequence> _queued = [];

    /// <summary>The sequences that the engine ran, or still runs, for this request.</summary>
    public IReadOnlyList<EncoderSequence> Queued => _queued;

    /// <summary>Tokens of those that have been answered.</summary>
    public int RanTokens => _queued.Where(s => s.Completion.IsCompletedSuccessfully).Sum(s => s.Ids.Length);

    /// <summary>Queues the sequences at these indices.</summary>
    /// <returns>Their rows, as they are completed.</returns>
    public Task<float[]>[] Start(IReadOnlyList<int> indices)
    {
        var added = indices.Select(i => sequences[i]).ToArray();
        permit.Start();
        queue.Add(added);
        _queued.AddRange(added);
        if (added.Length > 1) _ = AbandonAfterFailureAsync(added);
        return Array.ConvertAll(added, s => s.Completion);
    }

    /// <summary>Abandons what was queued, as nobody waits for it any more.</summary>
    public void Abandon() => queue.Abandon(_queued);

    public void Dispose() => permit.Complete(RanTokens);

    /// <summary>Abandons the others once one has failed: they would be run for nobody.</summary>
    private async Task AbandonAfterFailureAsync(EncoderSequence[] added)
    {
        await foreach (var ended in Task.WhenEach(added.Select(s => s.Completion)))
        {
            if (!ended.IsFaulted) continue;
            queue.Abandon(added);
            return;
        }
    }
}

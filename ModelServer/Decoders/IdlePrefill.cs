namespace ModelServer.Decoders;

/// <summary>Reads answers once more while a loop has nothing else to do, as the prompt of the conversation's next turn will have them: what decoding left in a row has
/// other bits. One chunk at a time, the latest answer first, so that a new sequence waits for a chunk at most; and not at once, so that a client that asks again as soon
/// as it has its answer does not. For the loop's thread.</summary>
internal sealed class IdlePrefill(string model, PrefixStore prefixes, DecoderSession session, int chunk, DecoderMetrics metrics, TimeProvider time)
{
    /// <summary>Answers that wait; a busy loop forgets older ones.</summary>
    private const int Most = 8;

    /// <summary>From the end of a sequence on: programs that ask one after the other are back by then, people are not.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly LinkedList<PromptPrefix> _waiting = [];
    private long _ended;

    /// <summary>When the next chunk may be read: so long from now, infinite where none waits.</summary>
    public TimeSpan Due
    {
        get
        {
            if (_waiting.Count == 0) return Timeout.InfiniteTimeSpan;
            var left = Pause - time.GetElapsedTime(_ended);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A sequence has got its last token.</summary>
    public void Add(DecoderSequence sequence)
    {
        _ended = time.GetTimestamp();
        if (!sequence.Request.KeepsPrefix || sequence.WholeBlocks(chunk) is not { } ids) return;
        _waiting.AddFirst(prefixes.Prefix(sequence.Lane.Client, ids));
        if (_waiting.Count > Most) _waiting.RemoveLast();
    }

    /// <summary>Reads the next chunk, if one is due. No row may be in use.</summary>
    /// <returns>What went wrong, if anything; all that waits is forgotten then, as nobody waits for it.</returns>
    public Exception? TryReadChunk()
    {
        if (Due != TimeSpan.Zero) return null;
        try
        {
            ReadChunk();
            return null;
        }
        catch (Exception e)
        {
            _waiting.Clear();
            return e;
        }
    }

    private void ReadChunk()
    {
        var answer = _waiting.First!.Value;
        var known = prefixes.Restore(answer, answer.Keys.Length, session, row: 0);
        if (known < answer.Ids.Length)
        {
            session.Run(new StepPlan([new StepEntry(Row: 0, known, chunk, IsSampled: true)], isPrompt: true), answer.Ids.AsSpan(known, chunk));
            metrics.AnswerRead(model, chunk);
            // Where there is no room for more of it, reading on is of no use.
            if (prefixes.Save(answer, (known / chunk) + 1, session, row: 0) > 0) return;
        }

        _waiting.RemoveFirst();
    }
}

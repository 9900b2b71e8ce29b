using ModelServer.Runtime;

namespace ModelServer.Decoders;

/// <summary>
/// Keys and values of the beginnings of prompts that a decoder has read, in memory of its own, block by block. A prompt that begins alike is read on
/// behind them. A block is what one chunk of the scheduler gave; with the chunks always at the same places a prompt is computed to the same bits
/// with it and without. What decoding gave is not kept, as the engine sums in another order for one token than for several; see <see cref="IdlePrefill"/>.
/// Any loop calls it; <c>_gate</c> guards index and blocks, so that none is given up while it is being copied.
/// </summary>
internal sealed class PrefixStore : IDisposable
{
    private readonly string _model;
    private readonly int _blockTokens;
    private readonly bool _isShared;
    private readonly long _blockBytes;
    private readonly DecoderMetrics _metrics;
    private readonly MemoryPromise _memory;
    private readonly NativeBuffer[] _buffers;
    private readonly CacheRows _blocks;
    private readonly PrefixIndex _index;
    private readonly Lock _gate = new();
    private readonly List<int> _found = [];
    private readonly List<(int Place, int Number)> _added = [];

    /// <param name="model">For metrics.</param>
    /// <param name="blockTokens">The chunk of the <see cref="StepScheduler{T}"/>.</param>
    /// <param name="memory">Given back at the end, unless this throws; its size is the budget.</param>
    public PrefixStore(string model, DecoderGraph graph, int blockTokens, PrefixScope scope, MemoryPromise memory, DecoderMetrics metrics)
    {
        _model = model;
        _blockTokens = blockTokens;
        _isShared = scope == PrefixScope.Shared;
        _blockBytes = CacheRows.Bytes(graph, blockTokens);
        _metrics = metrics;
        _memory = memory;
        var blocks = (int)Math.Min(memory.Bytes / _blockBytes, int.MaxValue);
        _buffers = CacheRows.Allocate(graph, (long)blocks * blockTokens);
        _blocks = new CacheRows(graph, _buffers, blockTokens);
        _index = new PrefixIndex(blocks, blockTokens);
    }

    /// <summary>What it may take.</summary>
    public long Bytes => _memory.Bytes;

    /// <summary>What it has filled.</summary>
    public long UsedBytes
    {
        get { lock (_gate) return _index.Count * _blockBytes; }
    }

    /// <param name="client">Whose they are.</param>
    public PromptPrefix Prefix(string client, int[] ids)
    {
        var tenant = _isShared ? "" : client;
        return new(tenant, ids, PrefixIndex.Keys(tenant, ids, _blockTokens));
    }

    /// <summary>Gives a row the beginning of a sequence's prompt, as far as it is known: never all of it, as the logits behind its last token come of reading that.</summary>
    /// <returns>How many tokens the row holds.</returns>
    public int Restore(DecoderSequence sequence, DecoderSession session, int row)
    {
        // Scores come of reading every token.
        if (sequence.IsScored || !sequence.Request.ReusesPrefix) return 0;
        var blocks = (sequence.PromptTokens - 1) / _blockTokens;
        if (blocks == 0) return 0;
        var tokens = Restore(PrefixOf(sequence), blocks, session, row);
        _metrics.PrefixLooked(_model, tokens);
        return tokens;
    }

    /// <param name="blocks">The most that are wanted.</param>
    /// <inheritdoc cref="Restore(DecoderSequence, DecoderSession, int)"/>
    public int Restore(PromptPrefix prefix, int blocks, DecoderSession session, int row)
    {
        lock (_gate)
        {
            _index.Find(prefix.Tenant, prefix.Keys.AsSpan(0, blocks), prefix.Ids, _found);
            for (var i = 0; i < _found.Count; i++) session.Restore(_blocks, _found[i], row, i * _blockTokens, _blockTokens);
            return _found.Count * _blockTokens;
        }
    }

    /// <summary>Keeps what a row holds of a prompt that has just been read.</summary>
    public void Save(DecoderSequence sequence, DecoderSession session, int row)
    {
        if (sequence.Request.KeepsPrefix && sequence.PromptTokens >= _blockTokens) Save(PrefixOf(sequence), sequence.PromptTokens / _blockTokens, session, row);
    }

    /// <param name="blocks">That the row holds.</param>
    /// <returns>Those that had not been kept.</returns>
    public int Save(PromptPrefix prefix, int blocks, DecoderSession session, int row)
    {
        lock (_gate)
        {
            var (count, evictions) = (_index.Count, _index.Evictions);
            _index.Add(prefix.Tenant, prefix.Keys.AsSpan(0, blocks), prefix.Ids, _added);
            foreach (var (place, number) in _added) session.Save(row, number * _blockTokens, _blockTokens, _blocks, place);
            _metrics.PrefixKept(_model, (_index.Count - count) * _blockBytes, _index.Evictions - evictions);
            return _added.Count;
        }
    }

    /// <summary>No loop may use it any more.</summary>
    public void Dispose()
    {
        _metrics.PrefixKept(_model, -UsedBytes, evictions: 0);
        _blocks.Dispose();
        foreach (var buffer in _buffers) buffer.Dispose();
        _memory.Dispose();
    }

    private PromptPrefix PrefixOf(DecoderSequence sequence) => sequence.Prefix ??= Prefix(sequence.Lane.Client, sequence.Request.Prompt);
}

namespace ModelServer.Decoders;

/// <summary>
/// Decides what each step runs and in which rows; knows nothing of the engine. A step is at most one chunk of one prompt and then one token for every
/// row whose prompt has been read, so that a stream waits for no more than a chunk between two of its tokens. Rows are dense: those that decode
/// come first, behind them at most one whose prompt is being read.
/// </summary>
/// <param name="chunk">Most prompt tokens of a step while streams wait for their next token. While further prompts wait as well it is twice as many, or
/// rows would stand empty; while no stream waits, four times: longer pieces are read faster, to the same logits.</param>
internal sealed class StepScheduler<T>(int rows, int chunk)
{
    /// <summary>Chunks that are read at once while no stream waits.</summary>
    public const int Longest = 4;

    private readonly List<T> _rows = new(rows);
    private readonly RowMove[] _moves = new RowMove[2];
    private int _unread;
    private int _read;

    /// <summary>Who has each row.</summary>
    public IReadOnlyList<T> Rows => _rows;

    /// <summary>The first so many rows decode.</summary>
    public int Decoding => _rows.Count - (_unread > 0 ? 1 : 0);

    /// <summary>One joins after the other has been read.</summary>
    public bool HasRoom => _unread == 0 && _rows.Count < rows;

    public void Join(T sequence, int promptTokens)
    {
        _rows.Add(sequence);
        (_read, _unread) = (0, promptTokens);
    }

    /// <summary>What to read next, or null; asked again, it is taken as read.</summary>
    /// <param name="othersWait">Whether further prompts wait to be read.</param>
    public PromptChunk? NextChunk(bool othersWait = false)
    {
        if (_unread == 0) return null;
        var length = Math.Min(_unread, chunk * (Decoding == 0 ? Longest : othersWait ? 2 : 1));
        var next = new PromptChunk(_rows.Count - 1, _read, length, length == _unread);
        (_read, _unread) = (_read + next.Length, _unread - next.Length);
        return next;
    }

    /// <summary>Takes a row back.</summary>
    /// <returns>What to copy, in this order, so that rows are dense again.</returns>
    public ReadOnlySpan<RowMove> Leave(int row)
    {
        var moves = 0;
        var hole = row;
        if (row < Decoding) hole = Fill(hole, Decoding - 1, ref moves);
        else _unread = 0;
        hole = Fill(hole, _rows.Count - 1, ref moves);
        _rows.RemoveAt(hole);
        return _moves.AsSpan(0, moves);
    }

    private int Fill(int hole, int from, ref int moves)
    {
        if (hole == from) return hole;
        _moves[moves++] = new RowMove(from, hole);
        _rows[hole] = _rows[from];
        return from;
    }
}

/// <summary>A piece of one prompt.</summary>
internal readonly record struct PromptChunk(int Row, int Start, int Length, bool IsLast);

internal readonly record struct RowMove(int From, int To);

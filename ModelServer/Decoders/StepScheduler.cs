namespace ModelServer.Decoders;

/// <summary>
/// Plans what each step runs and in which rows; knows nothing of the engine. A step is some chunks of prompts, one prompt after the other, and then one
/// token for every row whose prompt has been read; <see cref="PrefillPace"/> says how many chunks. Rows are dense: those that decode come first, behind
/// them at most one whose prompt is being read.
/// </summary>
/// <param name="chunk">A prompt is cut at multiples of so many tokens and nowhere else, so that what the engine computes of a token depends on the tokens before
/// it and on the length of the prompt, never on the load.</param>
/// <param name="pace">Of chunks of this size.</param>
/// <param name="joins">Whether up to <see cref="Longest"/> chunks, and what is left of a prompt behind them, may be one run, which is faster: where
/// <see cref="DecoderCheck.ReadsAlike"/>.</param>
internal sealed class StepScheduler<T>(int rows, int chunk, PrefillPace pace, bool joins = true)
{
    /// <summary>Chunks of the longest run: longer ones are hardly faster.</summary>
    public const int Longest = 4;

    /// <summary>Fewest tokens behind whole chunks that may be read with them: one alone is computed by other kernels, with other bits.</summary>
    public const int LeastRest = 2;

    private readonly List<T> _rows = new(rows);
    private readonly int[] _lengths = new int[rows];
    private readonly int[] _again = new int[rows];
    private readonly StepEntry[] _entries = new StepEntry[rows];
    private readonly RowMove[] _moves = new RowMove[2];
    private int _unread;
    private bool _isScored;

    /// <summary>How many chunks a step may read.</summary>
    public PrefillPace Pace => pace;

    /// <summary>The sequence of each row.</summary>
    public IReadOnlyList<T> Rows => _rows;

    /// <summary>The first so many rows decode.</summary>
    public int Decoding => _rows.Count - (_unread > 0 ? 1 : 0);

    /// <summary>One joins after the other has been read.</summary>
    public bool HasRoom => _unread == 0 && _rows.Count < rows;

    /// <summary>Whether one sequence decodes and nothing else is to be done: the engine takes several tokens of one row alone.</summary>
    public bool IsAlone => _rows.Count == 1 && _unread == 0;

    /// <summary>Gives a sequence the row behind those in use.</summary>
    /// <param name="alreadyRead">Tokens of the prompt that the row holds when it is read on, whole chunks. Fewer than the prompt has: the logits behind its last
    /// token come of reading that.</param>
    /// <param name="isScored">Whether the logits behind each token of the prompt are wanted.</param>
    public void Join(T sequence, int promptTokens, int alreadyRead, bool isScored = false)
    {
        _isScored = isScored;
        _lengths[_rows.Count] = alreadyRead;
        _again[_rows.Count] = 0;
        _rows.Add(sequence);
        _unread = promptTokens - alreadyRead;
    }

    /// <summary>The next run over the prompt that is being read, if any. What is planned is taken as run.</summary>
    /// <param name="chunks">Most that it may have.</param>
    public StepPlan PlanPrompt(int chunks)
    {
        if (_unread == 0 || chunks <= 0) return default;
        var row = _rows.Count - 1;
        var start = _lengths[row];
        var run = joins ? Math.Clamp(_unread / chunk, 1, Math.Min(chunks, Longest)) : 1;
        var count = Math.Min(_unread, run * chunk);
        var rest = _unread - count;
        if (joins && run < chunks && rest >= LeastRest && rest < chunk) count += rest;
        _unread -= count;
        _entries[0] = new StepEntry(row, start, count, IsSampled: _unread == 0, _isScored);
        _lengths[row] += count;
        return new StepPlan(_entries.AsSpan(0, 1), isPrompt: true);
    }

    /// <summary>One token for each row that decodes. What is planned is taken as run.</summary>
    /// <param name="drafts">Tokens that are guessed to follow; 0 unless <see cref="IsAlone"/>.</param>
    public StepPlan PlanDecoding(int drafts = 0)
    {
        for (var row = 0; row < Decoding; row++)
        {
            _entries[row] = new StepEntry(row, _lengths[row], Count: 1 + drafts, IsSampled: _again[row] == 0, Drafts: drafts);
            _lengths[row] += 1 + drafts;
            if (_again[row] > 0) _again[row]--;
        }

        return new StepPlan(_entries.AsSpan(0, Decoding), isPrompt: false);
    }

    /// <summary>Lets a row that decodes forget what it holds from a position on.</summary>
    /// <param name="length">Tokens that it still holds.</param>
    /// <param name="again">Tokens that are known behind them and are run again, one in each step, before the last one is.</param>
    public void Forget(int row, int length, int again) => (_lengths[row], _again[row]) = (length, again);

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
        _moves[moves++] = new RowMove(from, hole, _lengths[from]);
        _rows[hole] = _rows[from];
        _lengths[hole] = _lengths[from];
        _again[hole] = _again[from];
        return from;
    }
}

/// <summary>A sequence gets another row.</summary>
/// <param name="Length">Tokens that its row holds.</param>
internal readonly record struct RowMove(int From, int To, int Length);

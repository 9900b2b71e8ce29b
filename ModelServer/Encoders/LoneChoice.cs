namespace ModelServer.Encoders;

/// <summary>
/// Chooses between all threads and one for runs that have the machine to themselves, by running both in turn and comparing what each took. Small graphs gain little, what else
/// the machine does takes cores, and neither is known before: so it is tried again, less and less often while the answer stays the same. One run at a time.
/// </summary>
internal sealed class LoneChoice
{
    /// <summary>How many times as fast a run on all threads has to be: it takes the time of each.</summary>
    private const double Worth = 1.1;

    /// <summary>Runs of each kind in a trial; their medians are compared.</summary>
    private const int Samples = 9;

    /// <summary>Runs from a trial to the next after it has changed the choice, and at most.</summary>
    private const int Shortest = 100, Longest = 10_000;

    private readonly double[] _all = new double[Samples], _one = new double[Samples];
    private readonly int _overhead;
    private bool _isAll;
    private int _interval = Shortest;

    /// <summary>Runs of the trial so far; null between trials.</summary>
    private int? _tried = 0;

    /// <summary>Runs until the next trial.</summary>
    private int _left;

    /// <param name="overhead">What a run takes that does not grow with its tokens, in tokens: so that runs of different lengths can be compared.</param>
    /// <param name="expectsAll">Whether all threads are taken, and trials begin later: for a graph whose runs on one thread are too long to be tried at once.</param>
    public LoneChoice(int overhead, bool expectsAll = false)
    {
        _overhead = overhead;
        if (expectsAll) (_isAll, _left, _tried) = (true, 10 * Shortest, null);
    }

    /// <summary>Whether the next run is on all threads.</summary>
    public bool TakesAll => _tried is { } run ? run % 2 == 0 : _isAll;

    /// <summary>The run that <see cref="TakesAll"/> was asked for has ended.</summary>
    /// <param name="tokens">Padding included.</param>
    public void Ran(int tokens, TimeSpan elapsed)
    {
        if (_tried is not { } run)
        {
            if (--_left == 0) _tried = 0;
            return;
        }

        (run % 2 == 0 ? _all : _one)[run / 2] = elapsed.TotalSeconds / (tokens + _overhead);
        _tried = run + 1;
        if (_tried == 2 * Samples) Decide();
    }

    private void Decide()
    {
        Array.Sort(_all);
        Array.Sort(_one);
        var isAll = _all[Samples / 2] * Worth <= _one[Samples / 2];
        _interval = isAll == _isAll ? Math.Min(2 * _interval, Longest) : Shortest;
        (_isAll, _left, _tried) = (isAll, _interval, null);
    }
}

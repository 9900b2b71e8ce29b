namespace ModelServer.Decoders;

/// <summary>How many tokens of one sequence are worth guessing: more while guesses are right, none for a while where they are wrong, and no more at all
/// where going back has cost more steps than drafts have saved.</summary>
/// <param name="most">Tokens of one guess.</param>
internal sealed class DraftPace(int most)
{
    /// <summary>Of the first guess, and of the first behind wrong ones.</summary>
    private const int First = 2;

    private const int LongestPause = 64;

    /// <summary>Steps that a sequence may lose.</summary>
    private const int Stake = 4;

    private int _length = Math.Min(First, most);
    private int _pause;
    private int _left;
    private int _saved;

    /// <summary>Tokens to guess now.</summary>
    public int Length => _left > 0 || _saved <= -Stake ? 0 : _length;

    /// <summary>A guess was run.</summary>
    public void Checked(int guessed, int right)
    {
        _saved += right;
        if (right == 0) Rest();
        else
        {
            _pause = 0;
            _length = right == guessed ? Math.Min(2 * guessed, most) : Math.Min(right + 1, most);
        }
    }

    /// <summary>A choice was too close: it comes of another step, that of one token.</summary>
    /// <param name="right">Guesses that came in the run before it.</param>
    /// <param name="again">Tokens that are run again for it.</param>
    public void RunAgain(int right, int again)
    {
        _saved += right - 1 - again;
        Rest();
    }

    /// <summary>A token came of a step of its own.</summary>
    public void Stepped()
    {
        if (_left > 0) _left--;
    }

    private void Rest()
    {
        _length = Math.Min(First, most);
        _pause = Math.Clamp(2 * _pause, 1, LongestPause);
        _left = _pause;
    }
}

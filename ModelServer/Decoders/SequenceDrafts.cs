using System.Numerics.Tensors;
using ModelServer.Sampling;

namespace ModelServer.Decoders;

/// <summary>How sequences of a model are drafted.</summary>
/// <param name="Most">Tokens of one draft.</param>
/// <param name="Margin">More than the lead of the best logit differs between a run over several tokens and steps of one: with a smaller lead they might choose differently.</param>
internal sealed record DraftRules(int Most, float Margin);

/// <summary>
/// What is guessed of one sequence, so that one run checks several tokens. Such a run gives keys, values and logits other last bits than steps of one token
/// do. What comes must not: wherever the row holds anything of such a run, a choice counts only where it is clear. Else the row goes back to before the
/// first of them, and its tokens are run again one by one. For the loop's thread.
/// </summary>
internal sealed class SequenceDrafts(DraftRules rules, int[] prompt)
{
    private readonly PromptLookup _lookup = new(prompt);
    private readonly DraftPace _pace = new(rules.Most);
    private readonly int[] _draft = new int[rules.Most];
    private int _count;
    private bool _isSure = true;
    private int? _stepped;

    /// <summary>The draft that is being run.</summary>
    public ReadOnlySpan<int> Tokens => _draft.AsSpan(0, _count);

    /// <summary>Tokens of it that came.</summary>
    public int Right { get; private set; }

    /// <summary>Whether the last token that came is the one that was guessed, so that the logits behind it count.</summary>
    public bool IsRight { get; private set; }

    /// <summary>Whether a request's tokens are the most likely ones as the graph gives them. All others are not drafted: their choices are not the best logit's alone.</summary>
    public static bool Suit(DecoderRequest request)
        => request is { Sampling: { Temperature: 0, TopLogprobs: null, LogitBias.Count: 0 } sampling, Constraint: null, MinTokens: 0 } && !TokenPenalties.IsNeeded(sampling);

    /// <summary>Makes the draft of the next run.</summary>
    /// <param name="held">Tokens that the row holds.</param>
    /// <param name="room">Most tokens that may be guessed.</param>
    /// <returns>How many there are; 0 where the run is a step like any other.</returns>
    public int Make(int held, int room)
    {
        _count = _lookup.Guess(_draft.AsSpan(0, Math.Min(_pace.Length, room)));
        if (_count > 0) _stepped ??= held;
        return _count;
    }

    /// <summary>Whether the best of these logits is the one that steps of one token give.</summary>
    public bool IsSure(ReadOnlySpan<float> logits)
    {
        if (_stepped is null) return true;
        return _isSure = DraftCheck.Lead(logits, TensorPrimitives.IndexOfMax(logits)) > rules.Margin;
    }

    /// <summary>A token has come.</summary>
    public void Append(int token)
    {
        _lookup.Append(token);
        IsRight = Right < _count && _draft[Right] == token;
        if (IsRight) Right++;
        if (_count == 0) _pace.Stepped();
    }

    /// <summary>What came of a run is done with.</summary>
    /// <param name="held">Tokens that the row is to hold before the next token.</param>
    /// <returns>Those of them that it may keep: all, or before a choice that was not sure, those that steps of one token left.</returns>
    public int End(int held)
    {
        if (!_isSure)
        {
            (held, var all) = (_stepped!.Value, held);
            _pace.RunAgain(Right, all - held);
            _stepped = null;
        }
        else if (_count > 0) _pace.Checked(_count, Right);

        (_count, Right, IsRight, _isSure) = (0, 0, false, true);
        return held;
    }
}

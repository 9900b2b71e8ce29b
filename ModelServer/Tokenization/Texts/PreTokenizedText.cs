namespace ModelServer.Tokenization.Texts;

/// <summary>A part of a normalized text: still to be split and tokenized, or already an added token.</summary>
internal readonly record struct Slice(int Start, int End, int TokenId = Slice.Untokenized)
{
    public const int Untokenized = -1;
}

/// <summary>A normalized text cut into slices, which pre-tokenizers cut further. Empty slices are never kept.</summary>
internal sealed class PreTokenizedText(NormalizedText text)
{
    private Slice[] _slices = new Slice[64], _before = new Slice[64];
    private int _count;

    public NormalizedText Text => text;

    public ReadOnlySpan<Slice> Slices => _slices.AsSpan(0, _count);

    public void Clear() => _count = 0;

    public void Add(Slice slice)
    {
        if (slice.End <= slice.Start) return;
        if (_count == _slices.Length) Array.Resize(ref _slices, _count * 2);
        _slices[_count++] = slice;
    }

    /// <summary>Replaces each slice that is not an added token by the parts <paramref name="split"/> adds for it.</summary>
    public void Split(Action<PreTokenizedText, Slice> split)
    {
        (_slices, _before) = (_before, _slices);
        var before = _before.AsSpan(0, _count);
        _count = 0;
        foreach (var slice in before)
        {
            if (slice.TokenId == Slice.Untokenized) split(this, slice);
            else Add(slice);
        }
    }

    /// <summary>Puts a unit before each slice that is not an added token and does not begin with it; it takes the place of the slice's first character.</summary>
    /// <param name="unit">What to put there.</param>
    /// <param name="onlyAtStart">Only before the slice that the original text begins with.</param>
    public void PutBefore(char unit, bool onlyAtStart = false)
    {
        ReadOnlySpan<char> chars = text.Chars;
        var rewriter = text.Rewrite();
        foreach (ref var slice in _slices.AsSpan(0, _count))
        {
            var start = rewriter.Length;
            if (slice.TokenId == Slice.Untokenized && chars[slice.Start] != unit && !(onlyAtStart && text.Original(slice.Start, slice.End).Start > 0))
            {
                rewriter.AppendUnit(unit, slice.Start, char.IsHighSurrogate(chars[slice.Start]) ? 2 : 1);
            }

            rewriter.Copy(slice.Start, slice.End);
            slice = slice with { Start = start, End = rewriter.Length };
        }

        rewriter.Commit();
    }

    /// <summary>Writes the text anew, slice by slice; added tokens stay as they are, and what belongs to no slice is left out.</summary>
    public void Rewrite(SliceRewrite rewrite)
    {
        var rewriter = text.Rewrite();
        foreach (ref var slice in _slices.AsSpan(0, _count))
        {
            var start = rewriter.Length;
            if (slice.TokenId == Slice.Untokenized) rewrite(ref rewriter, text.Chars, slice);
            else rewriter.Copy(slice.Start, slice.End);
            slice = slice with { Start = start, End = rewriter.Length };
        }

        rewriter.Commit();
    }
}

/// <summary>Appends what becomes of a slice of <paramref name="chars"/>, at least one unit.</summary>
internal delegate void SliceRewrite(ref NormalizedText.Rewriter rewriter, ReadOnlySpan<char> chars, Slice slice);

using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PostProcessing;

/// <summary>Takes the spaces that byte-level tokens begin or end with out of their offsets ("trim_offsets").</summary>
/// <param name="tokenOf">The token of an id.</param>
/// <param name="addPrefixSpace">Whether the space of the first token was put there and stands for none of the text.</param>
internal sealed class SpaceTrimmer(Func<int, string?> tokenOf, bool addPrefixSpace)
{
    private const int MostKnown = 254;

    // By id, once it was asked for: one more than the spaces that its token begins with, and than those that it ends with; 0 where that is not known. Threads may overwrite each other's
    // numbers, all of which are right.
    private ushort[] _spaces = [];

    /// <summary>Takes one code point of the text for each space, as the reference does, even where the space was put there.</summary>
    /// <param name="text">The text of the tokens, well formed.</param>
    /// <param name="pieces">Its tokens.</param>
    /// <param name="added">Which of them are added tokens: their own text counts.</param>
    /// <param name="cut">How many tokens before these were cut off, which the places of added ones count.</param>
    public void Trim(ReadOnlySpan<char> text, Span<Piece> pieces, List<AddedPiece> added, int cut)
    {
        var next = added.FindIndex(a => a.Index >= cut);
        for (var i = 0; i < pieces.Length; i++)
        {
            var (id, start, end) = pieces[i];
            var (leading, trailing) = (0, 0);
            if (next >= 0 && next < added.Count && added[next].Index == cut + i) (_, leading, trailing) = added[next++];
            else (leading, trailing) = SpacesOf(id);
            if (leading == 1 && addPrefixSpace && (i == 0 || start == 0)) leading = 0;
            for (; leading > 0 && start < end; leading--) start += CodePoint.LengthAt(text, start);
            var last = end;
            for (; trailing > 0 && last > 0; trailing--) last -= CodePoint.LengthBefore(text, last);
            // Where there are more spaces than text before the end, the reference leaves the end alone.
            pieces[i] = new(id, start, trailing > 0 ? end : Math.Max(last, start));
        }
    }

    private (int Leading, int Trailing) SpacesOf(int id)
    {
        var known = _spaces;
        if ((uint)id < (uint)known.Length && known[id] is > 0 and var spaces) return ((spaces >> 8) - 1, (spaces & 0xFF) - 1);
        var (leading, trailing) = ByteAlphabet.Spaces(tokenOf(id));
        if (leading > MostKnown || trailing > MostKnown) return (leading, trailing);
        if (id >= known.Length)
        {
            Array.Resize(ref known, Math.Max(id + 1, known.Length * 2));
            _spaces = known;
        }

        known[id] = (ushort)((leading + 1) << 8 | (trailing + 1));
        return (leading, trailing);
    }
}

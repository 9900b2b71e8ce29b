namespace ModelServer.Tokenization.Patterns;

/// <summary>A set of code points, those of the basic plane in a bitmap so that a look-up costs the same in every script.</summary>
internal sealed class CodePointSet
{
    private readonly ulong[] _basic = new ulong[0x10000 / 64];
    private readonly Func<int, bool> _contains;

    public CodePointSet(Func<int, bool> contains, int? only = null)
    {
        Only = only;
        _contains = contains;
        // Half a surrogate pair is no code point.
        for (var c = 0; c < 0x10000; c++) if (contains(c) && c is < 0xD800 or > 0xDFFF) _basic[c >> 6] |= 1UL << c;
    }

    /// <summary>The one code point of the set, where that is known.</summary>
    public int? Only { get; }

    /// <summary>Those of the basic plane, 64 to a number.</summary>
    public ReadOnlySpan<ulong> Basic => _basic;

    public bool Contains(int codePoint) => codePoint < 0x10000 ? (_basic[codePoint >> 6] >> codePoint & 1) != 0 : _contains(codePoint);

    /// <summary>Where the run of code points of the set ends that begins at a place of a well-formed text.</summary>
    public int RunEnd(ReadOnlySpan<char> text, int start)
    {
        var (basic, at) = (_basic, start);
        while (at < text.Length)
        {
            var c = text[at];
            if ((basic[c >> 6] >> c & 1) != 0) at++;
            else if (char.IsHighSurrogate(c) && _contains(char.ConvertToUtf32(c, text[at + 1]))) at += 2;
            else break;
        }

        return at;
    }
}

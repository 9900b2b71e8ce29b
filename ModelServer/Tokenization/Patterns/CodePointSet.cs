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
        for (var c = 0; c < 0x10000; c++) if (contains(c)) _basic[c >> 6] |= 1UL << c;
    }

    /// <summary>The one code point of the set, where that is known.</summary>
    public int? Only { get; }

    public bool Contains(int codePoint) => codePoint < 0x10000 ? (_basic[codePoint >> 6] >> codePoint & 1) != 0 : _contains(codePoint);
}

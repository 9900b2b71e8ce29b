using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>
/// Which character may come to stand right before which within one token of byte-pair encoding. Between two that no merge joins a boundary stays
/// whatever becomes of both sides, so that a text may be cut there and its parts merged, and remembered, by themselves.
/// </summary>
/// <param name="marksAlone">Whether only ▁ has boundaries, as where characters that are in no token join.</param>
internal sealed class JoinedCharacters(bool marksAlone)
{
    /// <summary>What SentencePiece writes for a space.</summary>
    public const char Mark = '▁';

    // ASCII and ▁, most of a text, without hashing.
    private const int Frequent = 129;
    private readonly bool[] _frequent = new bool[Frequent * Frequent];
    private readonly HashSet<long> _others = [];

    /// <summary>Notes a merge.</summary>
    public void Add(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        var (last, first) = (CodePoint.ReadLast(left), CodePoint.Read(right, 0, out _));
        if (Slot(last) is >= 0 and var row && Slot(first) is >= 0 and var column) _frequent[row * Frequent + column] = true;
        else _others.Add(Pair(last, first));
    }

    public bool Contains(int left, int right)
    {
        if (marksAlone && left != Mark && right != Mark) return true;
        return Slot(left) is >= 0 and var row && Slot(right) is >= 0 and var column ? _frequent[row * Frequent + column] : _others.Contains(Pair(left, right));
    }

    private static int Slot(int c) => c < 128 ? c : c == Mark ? 128 : -1;

    private static long Pair(int left, int right) => (long)left << 32 | (uint)right;
}

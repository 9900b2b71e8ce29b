using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using ModelServer.Tokenization.Json;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>
/// SentencePiece's "precompiled_charsmap": the length of a double-array trie in bytes, the trie (Darts-clone: 32-bit units, over UTF-8), then the texts that
/// its values point into, each ended by a zero. All that can be reached of it is checked once, so that looking up needs no checks.
/// </summary>
internal sealed class CharacterMap
{
    // A node's children stand in one block of this many units, which SentencePiece checks too.
    private const int Block = 256;
    private readonly uint[] _units;
    private readonly int _root;
    private readonly Dictionary<int, int[]> _texts = [];

    private CharacterMap(uint[] units, ReadOnlySpan<byte> texts)
    {
        _units = units;
        _root = Target(0, units[0]);
        var pending = new Stack<int>([_root]);
        var seen = new bool[units.Length];
        while (pending.TryPop(out var node))
        {
            if ((uint)node >= (uint)units.Length) throw new FormatException("its trie points out of itself");
            if (seen[node]) continue;
            seen[node] = true;
            for (var label = 1; label < Block; label++)
            {
                var unit = units[node ^ label];
                if (Label(unit) != label) continue;
                var child = Target(node ^ label, unit);
                pending.Push(child);
                if (EndsKey(unit) && child < units.Length) AddText(Value(child), texts);
            }
        }

        LongestText = Longest(_texts.Values);
    }

    /// <summary>The most UTF-16 units that anything is replaced by.</summary>
    public int LongestText { get; }

    /// <exception cref="InvalidTokenizerException">It is not such a map.</exception>
    public static CharacterMap Read(JsonPart part)
    {
        try
        {
            return Read(Convert.FromBase64String(part.Text));
        }
        catch (FormatException e)
        {
            throw new InvalidTokenizerException($"{part.Path} is not valid: {e.Message}", e);
        }
    }

    /// <exception cref="FormatException">It is not such a map.</exception>
    public static CharacterMap Read(ReadOnlySpan<byte> map)
    {
        var length = map.Length < 4 ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (length == 0 || length % (4 * Block) != 0 || length > map.Length - 4) throw new FormatException("the length of its trie is wrong");
        var units = new uint[length / 4];
        for (var i = 0; i < units.Length; i++) units[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + 4 * i)..]);
        var texts = map[(4 + (int)length)..];
        return Utf8.IsValid(texts) ? new(units, texts) : throw new FormatException("its texts are not UTF-8");
    }

    /// <summary>What the shortest key that the text begins with is replaced by, as code points; null where it begins with no key.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="begins">Whether the text is the beginning of a longer key.</param>
    public int[]? Find(ReadOnlySpan<byte> text, out bool begins)
    {
        var node = _root;
        begins = false;
        foreach (var b in text)
        {
            if (b == 0) return null;
            var unit = _units[node ^ b];
            if (Label(unit) != b) return null;
            node = Target(node ^ b, unit);
            if (EndsKey(unit)) return _texts[Value(node)];
        }

        begins = true;
        return null;
    }

    private static uint Label(uint unit) => unit & 0x8000_00FF;

    private static bool EndsKey(uint unit) => (unit & 0x100) != 0;

    private static int Target(int place, uint unit) => place ^ (int)(unit >> 10 << (int)((unit & 0x200) >> 6));

    private static int Longest(IEnumerable<int[]> texts) => texts.Select(t => t.Sum(c => c < 0x10000 ? 1 : 2)).DefaultIfEmpty().Max();

    private int Value(int node) => (int)(_units[node] & 0x7FFF_FFFF);

    private void AddText(int start, ReadOnlySpan<byte> texts)
    {
        if (start > texts.Length || start < texts.Length && (texts[start] & 0xC0) == 0x80) throw new FormatException("its trie points out of its texts");
        if (_texts.ContainsKey(start)) return;
        var text = texts[start..];
        if (text.IndexOf((byte)0) is >= 0 and var end) text = text[..end];
        _texts.Add(start, [.. Encoding.UTF8.GetString(text).EnumerateRunes().Select(r => r.Value)]);
    }
}

using System.Buffers;
using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>
/// Replaces characters as SentencePiece's map says, the way the reference library does it. A grapheme cluster of fewer than six bytes that
/// begins with a key becomes that key's text as a whole, marks included; any other goes character by character. As to places, a text longer
/// than what it replaces takes that of the character before and consumes none, and an empty one consumes none, so that all that follows
/// stands for characters before its own.
/// </summary>
internal sealed class PrecompiledNormalizer : ITextNormalizer
{
    private const int MostBytes = 5;
    private readonly CharacterMap _map;
    private readonly Kind[] _kinds = new Kind[0x10000];
    private readonly SearchValues<char> _plain;

    public PrecompiledNormalizer(CharacterMap map)
    {
        _map = map;
        for (var c = 0; c < _kinds.Length; c++) _kinds[c] = char.IsSurrogate((char)c) ? Kind.Begins : KindOf(new(c));
        // What begins a key counts as plain, as it takes a mark to make it one; what a line feed makes of a carriage return is another matter.
        _plain = SearchValues.Create([.. Enumerable.Range(0, 128).Where(c => _kinds[c] != Kind.Replaced && c != '\r').Select(c => (char)c)]);
    }

    private enum Kind : byte
    {
        None,

        /// <summary>A key begins with it.</summary>
        Begins,

        /// <summary>It is a key.</summary>
        Replaced,
    }

    public int MaxExpansion(bool ascii) => Math.Max(1, _map.LongestText);

    public void Normalize(NormalizedText text)
    {
        var chars = text.Chars;
        var first = FirstTouched(chars);
        if (first == chars.Length) return;
        var rewriter = text.Rewrite();
        rewriter.Copy(0, first);
        var writer = new Writer(rewriter, chars, first);
        for (int i = first, length; i < chars.Length; i += length)
        {
            length = PlainPrefix(chars[i..]);
            if (length > 0) writer.Keep(chars.Slice(i, length));
            else
            {
                length = GraphemeCluster.Length(chars[i..]);
                Normalize(ref writer, chars.Slice(i, length));
            }
        }

        writer.Commit();
    }

    private void Normalize(ref Writer writer, ReadOnlySpan<char> cluster)
    {
        if (cluster.Length <= MostBytes && Find(cluster) is { } whole)
        {
            writer.Replace(CodePoint.Count(cluster), whole);
            return;
        }

        for (int i = 0, length; i < cluster.Length; i += length)
        {
            length = CodePoint.LengthAt(cluster, i);
            var character = cluster.Slice(i, length);
            if (_kinds[cluster[i]] != Kind.None && Find(character) is { } text) writer.Replace(1, text);
            else writer.Keep(character);
        }
    }

    private int[]? Find(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        return Encoding.UTF8.TryGetBytes(text, bytes, out var length) ? _map.Find(bytes[..length], out _) : null;
    }

    /// <summary>How much of a text is ASCII that stays as it is, whatever follows.</summary>
    private int PlainPrefix(ReadOnlySpan<char> chars)
    {
        var length = chars.IndexOfAnyExcept(_plain);
        return length < 0 ? chars.Length : Math.Max(0, chars[length] < 128 ? length : length - 1);
    }

    /// <summary>Where the first cluster begins that may change.</summary>
    private int FirstTouched(ReadOnlySpan<char> chars)
    {
        var i = PlainPrefix(chars);
        while (i < chars.Length && _kinds[chars[i]] == Kind.None) i++;
        // Clusters are known from their beginning alone, and none is longer than the text since a plain character followed by another.
        return i == chars.Length ? i : PlainPrefix(chars);
    }

    private Kind KindOf(Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (_map.Find(bytes[..rune.EncodeToUtf8(bytes)], out var begins) is not null) return Kind.Replaced;
        return begins ? Kind.Begins : Kind.None;
    }

    /// <summary>Writes the new text while it follows the old one by what the reference takes as consumed.</summary>
    private ref struct Writer(NormalizedText.Rewriter rewriter, ReadOnlySpan<char> chars, int at)
    {
        private readonly ReadOnlySpan<char> _chars = chars;
        private NormalizedText.Rewriter _rewriter = rewriter;
        private int _at = at;

        public void Keep(ReadOnlySpan<char> characters)
        {
            for (int i = 0, length; i < characters.Length; i += length) Consume(CodePoint.Read(characters, i, out length));
        }

        public void Replace(int count, int[] text)
        {
            if (text.Length == 0) return;
            var removed = count - text.Length;
            if (removed < 0) Insert(text[0]);
            else Consume(text[0]);
            for (; removed > 0; removed--) _at += CodePoint.LengthAt(_chars, _at);
            foreach (var c in text.AsSpan(1)) Insert(c);
        }

        public readonly void Commit() => _rewriter.Commit();

        private void Consume(int codePoint)
        {
            var length = CodePoint.LengthAt(_chars, _at);
            _rewriter.Append(codePoint, _at, length);
            _at += length;
        }

        private void Insert(int codePoint)
        {
            if (_at == 0) _rewriter.AppendAtStart(codePoint);
            else
            {
                var length = CodePoint.LengthBefore(_chars, _at);
                _rewriter.Append(codePoint, _at - length, length);
            }
        }
    }
}

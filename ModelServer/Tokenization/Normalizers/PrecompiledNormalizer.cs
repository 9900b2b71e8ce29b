using System.Buffers;
using System.Text;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Normalizers;

/// <summary>
/// Replaces characters as SentencePiece's map says, the way the reference library does it. A grapheme cluster of fewer than six bytes that
/// begins with a key becomes that key's text as a whole, marks included; any other goes character by character.
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
        var writer = new Writer(text.Rewrite(), chars);
        writer.Keep(0, first);
        for (int i = first, length; i < chars.Length; i += length)
        {
            length = PlainPrefix(chars[i..]);
            if (length > 0) writer.Keep(i, i + length);
            else
            {
                length = GraphemeCluster.Length(chars[i..]);
                Normalize(ref writer, chars[..(i + length)], i);
            }
        }

        writer.Commit();
    }

    /// <summary>Goes over the cluster that a text ends with.</summary>
    private void Normalize(ref Writer writer, ReadOnlySpan<char> chars, int start)
    {
        if (chars.Length - start <= MostBytes && Find(chars[start..]) is { } whole)
        {
            writer.Replace(CodePoint.Count(chars[start..]), whole);
            return;
        }

        for (int i = start, length; i < chars.Length; i += length)
        {
            length = CodePoint.LengthAt(chars, i);
            if (_kinds[chars[i]] != Kind.None && Find(chars.Slice(i, length)) is { } text) writer.Replace(1, text);
            else writer.Keep(i, i + length);
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

    /// <summary>Writes the new text. A character is held back until the next comes, as those that are removed may still become part of what it stands for.</summary>
    private ref struct Writer(NormalizedText.Rewriter rewriter, ReadOnlySpan<char> chars)
    {
        private const int Nothing = -1;
        private readonly ReadOnlySpan<char> _chars = chars;
        private NormalizedText.Rewriter _rewriter = rewriter;
        private int _last = Nothing, _consumes, _at;

        public void Keep(int from, int end)
        {
            if (from == end) return;
            Write();
            _last = Nothing;
            var last = end - CodePoint.LengthBefore(_chars, end);
            if (_at == from)
            {
                // Each stands for itself.
                _rewriter.Copy(from, last);
                _at = from = last;
            }

            for (int i = from, length; i < end; i += length) Append(CodePoint.Read(_chars, i, out length), consumes: 1);
        }

        /// <summary>The first characters stand for one each, those beyond for the last of them; what is left over goes to the last, or is not consumed where there is none.</summary>
        public void Replace(int count, int[] text)
        {
            for (var i = 0; i < text.Length; i++) Append(text[i], consumes: i < count ? 1 : 0);
            if (_last != Nothing) _consumes += Math.Max(0, count - text.Length);
        }

        public void Commit()
        {
            Write();
            _rewriter.Commit();
        }

        private void Append(int codePoint, int consumes)
        {
            Write();
            (_last, _consumes) = (codePoint, consumes);
        }

        private void Write()
        {
            if (_last == Nothing) return;
            var length = _consumes > 0 ? CodePoint.LengthAt(_chars, _at) : CodePoint.LengthBefore(_chars, _at);
            _rewriter.Append(_last, _consumes > 0 ? _at : _at - length, length);
            for (; _consumes > 0; _consumes--) _at += CodePoint.LengthAt(_chars, _at);
        }
    }
}

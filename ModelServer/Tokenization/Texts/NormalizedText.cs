using System.Numerics;

namespace ModelServer.Tokenization.Texts;

/// <summary>
/// A piece of text under normalization which remembers, for each of its UTF-16 units, the range of the original it stands for.
/// Until the first rewrite that range is the unit's own place, and nothing is stored for it.
/// </summary>
internal sealed class NormalizedText
{
    private Buffer _current = new(), _next = new();
    private int _origin;
    private bool _aligned;

    public int Length { get; private set; }

    public Span<char> Chars => _current.Chars.AsSpan(0, Length);

    /// <summary>How many units the buffers can hold: what a pool looks at before it keeps them.</summary>
    public int Capacity => Math.Max(_current.Chars.Length, _next.Chars.Length);

    /// <summary>Starts over with well-formed text that stands at <paramref name="origin"/> in the original.</summary>
    public void Load(ReadOnlySpan<char> text, int origin)
    {
        _current.Reserve(text.Length, aligned: false);
        text.CopyTo(_current.Chars);
        (Length, _origin, _aligned) = (text.Length, origin, false);
    }

    /// <summary>Where the units from <paramref name="start"/> to <paramref name="end"/> come from. The range must not be empty.</summary>
    public TextSpan Original(int start, int end) =>
        _aligned ? new(_current.Starts[start], _current.Ends[end - 1]) : new(_origin + start, _origin + end);

    /// <summary>Turns the ranges of tokens, none of them empty, into what they come from.</summary>
    public void ToOriginal(Span<Piece> pieces)
    {
        if (!_aligned && _origin == 0) return;
        foreach (ref var piece in pieces)
        {
            var (start, end) = Original(piece.Start, piece.End);
            piece = new(piece.Id, start, end);
        }
    }

    public Rewriter Rewrite() => new(this);

    /// <summary>Writes the text anew. Read <see cref="Chars"/> as before until <see cref="Commit"/>.</summary>
    public ref struct Rewriter(NormalizedText text)
    {
        private int _length;

        /// <summary>How many units the new text has so far.</summary>
        public readonly int Length => _length;

        /// <summary>The new text from a place on, to write other units over those that are there.</summary>
        public readonly Span<char> Written(int from) => text._next.Chars.AsSpan(from, _length - from);

        /// <summary>Appends a code point that stands for <paramref name="fromLength"/> units of the text as it is.</summary>
        public void Append(int codePoint, int from, int fromLength)
        {
            text._next.Reserve(_length + 2, aligned: true);
            var (start, end) = text.Original(from, from + fromLength);
            if (codePoint < 0x10000) Append((char)codePoint, start, end);
            else
            {
                Append((char)((codePoint >> 10) + 0xD7C0), start, end);
                Append((char)((codePoint & 0x3FF) + 0xDC00), start, end);
            }
        }

        /// <summary>Appends one unit that stands for <paramref name="fromLength"/> units of the text as it is.</summary>
        public void AppendUnit(char unit, int from, int fromLength)
        {
            text._next.Reserve(_length + 1, aligned: true);
            var (start, end) = text.Original(from, from + fromLength);
            Append(unit, start, end);
        }

        /// <summary>Appends units of the text as they are.</summary>
        public void Copy(int from, int end)
        {
            var (count, current, next) = (end - from, text._current, text._next);
            next.Reserve(_length + count, aligned: true);
            current.Chars.AsSpan(from, count).CopyTo(next.Chars.AsSpan(_length));
            var starts = next.Starts.AsSpan(_length, count);
            var ends = next.Ends.AsSpan(_length, count);
            _length += count;
            if (text._aligned)
            {
                current.Starts.AsSpan(from, count).CopyTo(starts);
                current.Ends.AsSpan(from, count).CopyTo(ends);
                return;
            }

            CountUp(starts, text._origin + from);
            CountUp(ends, text._origin + from + 1);
        }

        public readonly void Commit()
        {
            (text._current, text._next) = (text._next, text._current);
            (text.Length, text._aligned) = (_length, true);
        }

        private void Append(char unit, int start, int end)
        {
            text._next.Chars[_length] = unit;
            text._next.Starts[_length] = start;
            text._next.Ends[_length++] = end;
        }

        private static void CountUp(Span<int> numbers, int first)
        {
            var i = 0;
            if (numbers.Length >= Vector<int>.Count)
            {
                var next = Vector.CreateSequence(first, 1);
                for (; i <= numbers.Length - Vector<int>.Count; i += Vector<int>.Count, next += new Vector<int>(Vector<int>.Count)) next.CopyTo(numbers[i..]);
            }

            for (; i < numbers.Length; i++) numbers[i] = first + i;
        }
    }

    private sealed class Buffer
    {
        public char[] Chars { get; private set; } = [];

        public int[] Starts { get; private set; } = [];

        public int[] Ends { get; private set; } = [];

        public void Reserve(int length, bool aligned)
        {
            if (Chars.Length < length) Chars = Grown(Chars, length);
            if (!aligned || Starts.Length >= length) return;
            Starts = Grown(Starts, length);
            Ends = Grown(Ends, length);
        }

        private static T[] Grown<T>(T[] array, int length)
        {
            Array.Resize(ref array, Math.Max(length, Math.Max(256, array.Length * 2)));
            return array;
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.Models;

/// <summary>
/// Remembers the tokens of recent words: two entries per slot, the newest two, so memory is bounded and no lock is needed.
/// An entry never changes once it can be seen.
/// </summary>
internal sealed class WordCache(ITokenModel model)
{
    // 16384 slots of two cover the words of a domain, with few that push each other out; with words this short that is at most a few MB.
    private const int Slots = 1 << 14, LongestWord = 32, WordInEnds = 8;
    private const ulong Mix = 0x9E3779B97F4A7C15;
    private readonly Entry?[] _entries = new Entry[2 * Slots];

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
    {
        if (word.Length > LongestWord)
        {
            model.Tokenize(word, pieces);
            return;
        }

        var (first, last) = Ends(word);
        var slot = 2 * Slot(word, first, last);
        var newest = _entries[slot];
        if (newest is not null && newest.Is(word, first, last)) newest.AddTo(pieces);
        else if (_entries[slot + 1] is { } older && older.Is(word, first, last)) older.AddTo(pieces);
        else
        {
            var before = pieces.Count;
            model.Tokenize(word, pieces);
            _entries[slot + 1] = newest;
            _entries[slot] = new(word, first, last, pieces.Since(before));
        }
    }

    /// <summary>The first four units and the last four, which overlap in words of fewer than eight; together with the length they tell such words apart.</summary>
    private static (ulong First, ulong Last) Ends(ReadOnlySpan<char> word) => word.Length >= 4
        ? (Four(word, 0), Four(word, word.Length - 4))
        : (word[0] | (ulong)word[word.Length / 2] << 16 | (ulong)word[^1] << 32, 0);

    private static int Slot(ReadOnlySpan<char> word, ulong first, ulong last)
    {
        var hash = (first ^ (ulong)word.Length) * Mix;
        for (var i = 4; i < word.Length - 4; i += 4) hash = (hash ^ hash >> 32 ^ Four(word, i)) * Mix;
        return (int)((hash ^ hash >> 32 ^ last) * Mix >> 50);
    }

    private static ulong Four(ReadOnlySpan<char> word, int start) =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(word.Slice(start, 4))));

    /// <summary>A word and its tokens. All that most words need is in the object itself: those of up to eight units that are one token.</summary>
    private sealed class Entry
    {
        private readonly ulong _first, _last;
        private readonly int _length, _id;
        private readonly char[]? _word;
        private readonly Piece[]? _pieces;

        /// <param name="word">The word.</param>
        /// <param name="first">Its first units.</param>
        /// <param name="last">Its last units.</param>
        /// <param name="pieces">Its tokens, relative to it.</param>
        public Entry(ReadOnlySpan<char> word, ulong first, ulong last, Piece[] pieces)
        {
            (_first, _last, _length) = (first, last, word.Length);
            if (word.Length > WordInEnds) _word = word.ToArray();
            if (pieces is [{ Start: 0 } whole] && whole.End == word.Length) _id = whole.Id;
            else _pieces = pieces;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool Is(ReadOnlySpan<char> word, ulong first, ulong last) =>
            _first == first && _last == last && _length == word.Length && (_word is null || word.SequenceEqual(_word));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void AddTo(PieceList pieces)
        {
            if (_pieces is null) pieces.Add(_id, 0, _length);
            else pieces.Add(_pieces);
        }
    }
}

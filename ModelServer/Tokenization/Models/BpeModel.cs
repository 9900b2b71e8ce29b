using System.Buffers;
using System.Text;
using ModelServer.Tokenization.PreTokenizers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Models;

/// <summary>What a "BPE" section says besides vocabulary and merges.</summary>
/// <param name="Unknown">The id of characters that are in no token; null: they are left out.</param>
/// <param name="FuseUnknown">Whether unknown characters next to each other are one token.</param>
/// <param name="ByteFallback">Whether an unknown character becomes tokens like &lt;0xE2&gt;, one for each of its bytes.</param>
/// <param name="IgnoreMerges">Whether a word that is a token is that token, whatever merging would make of it.</param>
/// <param name="Prefix">Begins the tokens of characters that do not begin a word; usually empty.</param>
/// <param name="Suffix">Ends the token of the character that ends a word; usually empty.</param>
internal sealed record BpeSettings(int? Unknown, bool FuseUnknown, bool ByteFallback, bool IgnoreMerges, string Prefix, string Suffix);

/// <summary>Byte-pair encoding: a word is its characters, which merge in the order that was learnt (arXiv:1508.07909).</summary>
internal sealed class BpeModel : ITokenModel
{
    private const int NoToken = -1;
    private readonly BpeSettings _settings;
    private readonly PairMerger _merger;
    private readonly int[] _characters;
    private readonly int[]? _bytes;

    public BpeModel(Vocabulary vocabulary, IReadOnlyList<Merge> merges, BpeSettings settings)
    {
        Vocabulary = vocabulary;
        _settings = settings;
        _merger = new(new(merges));
        _characters = new int[vocabulary.Ids.Keys.Where(t => t.Length == 1).Select(t => t[0] + 1).DefaultIfEmpty().Max()];
        for (var c = 0; c < _characters.Length; c++) _characters[c] = vocabulary.IdOf([(char)c]) ?? NoToken;
        WordsBeginAtMarks = settings is { IgnoreMerges: false, Prefix: "", Suffix: "" } && vocabulary.IdOf([MarkBoundary.Mark]) is not null
            && !merges.Any(m => MarkBoundary.IsWithin(vocabulary.TokenOf(m.Result)!));
        if (settings.ByteFallback) _bytes = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf($"<0x{b:X2}>") ?? NoToken)];
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId => _settings.ByteFallback ? null : _settings.Unknown;

    public bool MarksContinuations => _settings.Prefix.Length > 0;

    /// <summary>
    /// Whether no merge crosses from another character to ▁, so that a text may be cut there and its words merged, and remembered, by themselves.
    /// </summary>
    public bool WordsBeginAtMarks { get; }

    public int MaxTokens(bool ascii) => _settings.ByteFallback && !ascii ? 3 : 1;

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
    {
        if (_settings.IgnoreMerges && Vocabulary.IdOf(word) is { } whole)
        {
            pieces.Add(whole, 0, word.Length);
            return;
        }

        var rented = ArrayPool<Piece>.Shared.Rent(word.Length * MaxTokens(ascii: false));
        var count = Characters(word, rented);
        pieces.Add(rented.AsSpan(0, _merger.Merge(rented.AsSpan(0, count))));
        ArrayPool<Piece>.Shared.Return(rented);
    }

    /// <summary>Writes the tokens of the single characters and returns how many they are.</summary>
    private int Characters(ReadOnlySpan<char> word, Span<Piece> pieces)
    {
        var count = 0;
        Piece? unknown = null;
        for (int start = 0, length; start < word.Length; start += length)
        {
            var c = CodePoint.Read(word, start, out length);
            var id = IdOf(word, c, start, length);
            if (id == NoToken && _bytes is not null && TryAddBytes(c, start, start + length, pieces, ref count)) continue;
            if (id != NoToken)
            {
                // As in the reference, bytes above do not end a run of unknown characters; in practice there is never one.
                if (unknown is { } run) pieces[count++] = run;
                unknown = null;
                pieces[count++] = new(id, start, start + length);
            }
            else if (unknown is { } run && _settings.FuseUnknown) unknown = run with { End = start + length };
            else if (_settings.Unknown is { } unknownId)
            {
                if (unknown is { } single) pieces[count++] = single;
                unknown = new(unknownId, start, start + length);
            }
        }

        if (unknown is { } last) pieces[count++] = last;
        return count;
    }

    private int IdOf(ReadOnlySpan<char> word, int c, int start, int length)
    {
        var prefix = start == 0 ? "" : _settings.Prefix;
        var suffix = start + length < word.Length ? "" : _settings.Suffix;
        if (prefix.Length + suffix.Length > 0) return Vocabulary.IdOf($"{prefix}{word.Slice(start, length)}{suffix}") ?? NoToken;
        if (c < 0x10000) return c < _characters.Length ? _characters[c] : NoToken;
        return Vocabulary.IdOf(word.Slice(start, length)) ?? NoToken;
    }

    private bool TryAddBytes(int c, int start, int end, Span<Piece> pieces, ref int count)
    {
        Span<byte> bytes = stackalloc byte[4];
        bytes = bytes[..new Rune(c).EncodeToUtf8(bytes)];
        foreach (var b in bytes) if (_bytes![b] == NoToken) return false;
        foreach (var b in bytes) pieces[count++] = new(_bytes![b], start, end);
        return true;
    }
}

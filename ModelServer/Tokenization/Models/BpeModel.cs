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
        if (settings.ByteFallback) _bytes = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf($"<0x{b:X2}>") ?? NoToken)];
        Joined = MayBeCut() ? JoinsOf(merges) : null;
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId => _settings.ByteFallback ? null : _settings.Unknown;

    public bool MarksContinuations => _settings.Prefix.Length > 0;

    /// <summary>Between which characters texts must not be cut; null: nowhere, or the file's own words are short enough.</summary>
    public JoinedCharacters? Joined { get; }

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

    /// <summary>
    /// Whether words may be cut further: those of SentencePiece, which are whole texts. Where characters may be left out, tokens that follow do not stand where their text is
    /// (<see cref="Displace"/>).
    /// </summary>
    private bool MayBeCut() => _settings is { IgnoreMerges: false, Prefix: "", Suffix: "" } && Vocabulary.IdOf([JoinedCharacters.Mark]) is not null
        && (_bytes is null ? _settings.Unknown is not null : Enumerable.Range(0, 256).All(b => _bytes[b] != NoToken || b < 128 && Vocabulary.IdOf([(char)b]) is not null));

    /// <summary>The pairs of characters that merges join; null where one joins tokens that are not their own text.</summary>
    private JoinedCharacters? JoinsOf(IReadOnlyList<Merge> merges)
    {
        var joined = new JoinedCharacters(marksAlone: _bytes is null && _settings.FuseUnknown);
        HashSet<int> strange = [.. _bytes ?? [], _settings.Unknown ?? NoToken];
        foreach (var merge in merges)
        {
            if (strange.Contains(merge.Left) || strange.Contains(merge.Right)) return null;
            joined.Add(Vocabulary.TokenOf(merge.Left), Vocabulary.TokenOf(merge.Right));
        }

        return joined;
    }

    /// <summary>Writes the tokens of the single characters and returns how many they are.</summary>
    private int Characters(ReadOnlySpan<char> word, Span<Piece> pieces)
    {
        var (count, displaced) = (0, false);
        Piece? unknown = null;
        for (int start = 0, length; start < word.Length; start += length)
        {
            var c = CodePoint.Read(word, start, out length);
            var id = IdOf(word, c, start, length);
            if (id == NoToken && _bytes is not null && TryAddBytes(c, start, start + length, pieces, ref count))
            {
                // As in the reference, bytes do not end a run of unknown characters, which comes after them.
                displaced |= unknown is not null;
                continue;
            }

            if (id != NoToken)
            {
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
            else displaced = true;
        }

        if (unknown is { } last) pieces[count++] = last;
        if (displaced) Displace(word, pieces[..count]);
        return count;
    }

    /// <summary>
    /// The reference adds up the lengths of tokens to find their places, so that after characters that are left out, and between tokens out of their order,
    /// they stand elsewhere than their text: a fault of its, in offsets alone, that is its answer.
    /// </summary>
    private static void Displace(ReadOnlySpan<char> word, Span<Piece> pieces)
    {
        var places = new List<(int Start, int End)>(word.Length);
        for (int i = 0, length; i < word.Length; i += length)
        {
            length = CodePoint.LengthAt(word, i);
            for (var b = Encoding.UTF8.GetByteCount(word.Slice(i, length)); b > 0; b--) places.Add((i, i + length));
        }

        var at = 0;
        Piece[] original = [.. pieces];
        for (var i = 0; i < pieces.Length; i++)
        {
            var (id, start, end) = original[i];
            // Bytes of one character all have its place; those inside a run of unknown characters come before it.
            var isByte = i > 0 && original[i - 1].Start == start || i + 1 < pieces.Length && original[i + 1].Start == start;
            var size = isByte ? 1 : Encoding.UTF8.GetByteCount(word[start..end]);
            for (var before = i - 1; !isByte && before >= 0 && original[before].Start > start; before--) size -= original[before].Start < end ? 1 : 0;
            pieces[i] = new(id, places[at].Start, places[at + size - 1].End);
            at += size;
        }
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

using System.Buffers;
using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.Models;

/// <summary>
/// SentencePiece's unigram model (arXiv:1804.10959): of all ways to cut a word into pieces, the one whose scores add up highest. A character
/// that is no piece is unknown and scores below every piece; unknown characters next to each other are one token.
/// </summary>
internal sealed class UnigramModel : ITokenModel
{
    private const double UnknownPenalty = 10;
    private const int ShortWord = 64, NoToken = -1;
    private readonly PieceTrie _pieces;
    private readonly double[] _scores;
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly int[]? _bytes;

    /// <param name="vocabulary">The pieces; their ids are the places of their scores.</param>
    /// <param name="scores">Logarithms of probabilities.</param>
    /// <param name="unknown">The id of what is no piece.</param>
    /// <param name="byteFallback">Whether what is no piece becomes tokens like &lt;0xE2&gt;, one for each of its bytes, where all of them are there.</param>
    public UnigramModel(Vocabulary vocabulary, double[] scores, int unknown, bool byteFallback)
    {
        Vocabulary = vocabulary;
        (_scores, _unknown) = (scores, unknown);
        _unknownScore = scores.Min() - UnknownPenalty;
        _pieces = new(vocabulary.Ids);
        if (byteFallback) _bytes = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf($"<0x{b:X2}>") ?? NoToken)];
    }

    public Vocabulary Vocabulary { get; }

    public int? UnknownId => _bytes is null || _bytes.Contains(NoToken) ? _unknown : null;

    public int MaxTokens(bool ascii) => _bytes is not null && !ascii ? 3 : 1;

    public void Tokenize(ReadOnlySpan<char> word, PieceList pieces)
    {
        if (word.Length < ShortWord)
        {
            Span<Cut> cuts = stackalloc Cut[ShortWord];
            Tokenize(word, cuts[..(word.Length + 1)], pieces);
            return;
        }

        var rented = ArrayPool<Cut>.Shared.Rent(word.Length + 1);
        Tokenize(word, rented.AsSpan(0, word.Length + 1), pieces);
        ArrayPool<Cut>.Shared.Return(rented);
    }

    private void Tokenize(ReadOnlySpan<char> word, Span<Cut> cuts, PieceList pieces)
    {
        FindBest(word, cuts);
        AddPieces(word, cuts, Reverse(cuts), pieces);
    }

    /// <summary>For each place in the word, the best last piece of what is before it; of equal ones that which begins earliest.</summary>
    private void FindBest(ReadOnlySpan<char> word, Span<Cut> cuts)
    {
        cuts.Fill(new(double.NegativeInfinity, 0, NoToken));
        cuts[0] = new(0, 0, NoToken);
        for (int start = 0, length; start < word.Length; start += length)
        {
            length = CodePoint.LengthAt(word, start);
            var (before, known, node) = (cuts[start].Score, false, PieceTrie.Root);
            for (var end = start; end < word.Length && (node = _pieces.Step(node, word[end], out var id)) != PieceTrie.None;)
            {
                end++;
                if (id == PieceTrie.None) continue;
                known |= end - start == length;
                Offer(ref cuts[end], new(_scores[id] + before, start, id));
            }

            if (!known) Offer(ref cuts[start + length], new(_unknownScore + before, start, _unknown));
        }
    }

    private static void Offer(ref Cut best, Cut other)
    {
        // Sums may overflow to infinity; even then there is a first.
        if (best.Id == NoToken || other.Score > best.Score) best = other;
    }

    /// <summary>Turns the links of the best way round, from where pieces begin to where they end, and returns where the first one does.</summary>
    private static int Reverse(Span<Cut> cuts)
    {
        var next = cuts.Length;
        for (var end = cuts.Length - 1; end > 0;)
        {
            var start = cuts[end].Place;
            cuts[end].Place = next;
            (next, end) = (end, start);
        }

        return next;
    }

    private void AddPieces(ReadOnlySpan<char> word, ReadOnlySpan<Cut> cuts, int end, PieceList pieces)
    {
        var unknown = 0;
        for (var start = 0; start < word.Length; (start, end) = (end, cuts[end].Place))
        {
            if (cuts[end].Id == _unknown)
            {
                unknown += end - start;
                continue;
            }

            AddUnknown(word, start - unknown, start, pieces);
            unknown = 0;
            pieces.Add(cuts[end].Id, start, end);
        }

        AddUnknown(word, word.Length - unknown, word.Length, pieces);
    }

    private void AddUnknown(ReadOnlySpan<char> word, int start, int end, PieceList pieces)
    {
        if (start == end) return;
        // Together they may spell a piece after all, if only that of unknown text itself.
        var run = word[start..end];
        if (Vocabulary.IdOf(run) is { } id) pieces.Add(id, start, end);
        else if (!TryAddBytes(run, start, end, pieces)) pieces.Add(_unknown, start, end);
    }

    private bool TryAddBytes(ReadOnlySpan<char> run, int start, int end, PieceList pieces)
    {
        if (_bytes is null) return false;
        var before = pieces.Count;
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in run.EnumerateRunes())
        {
            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)])
            {
                if (_bytes[b] == NoToken)
                {
                    pieces.Truncate(before);
                    return false;
                }

                pieces.Add(_bytes[b], start, end);
            }
        }

        return true;
    }

    /// <summary>A place in a word with the piece that ends there.</summary>
    /// <param name="Score">Of all pieces up to there.</param>
    /// <param name="Place">Where the piece begins.</param>
    /// <param name="Id">The piece.</param>
    private record struct Cut(double Score, int Place, int Id);
}

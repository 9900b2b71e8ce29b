using ModelServer.Tokenization.Texts;
using ModelServer.Tokenization.Unicode;

namespace ModelServer.Tokenization.PostProcessing;

/// <summary>A place in a template: the tokens of a text, or special tokens.</summary>
/// <param name="Sequence">Which text: 0, 1, or -1 for special tokens.</param>
/// <param name="SpecialIds">The special tokens; empty for a text.</param>
/// <param name="TypeId">Segment of these tokens.</param>
internal sealed record TemplatePart(sbyte Sequence, int[] SpecialIds, int TypeId);

/// <summary>Puts the tokens of one or two texts between special tokens, as a template says.</summary>
/// <param name="single">The template of one text.</param>
/// <param name="pair">The template of two.</param>
/// <param name="trimmers">What takes spaces out of offsets, one after the other.</param>
internal sealed class TemplatePostProcessor(TemplatePart[] single, TemplatePart[] pair, params SpaceTrimmer[] trimmers)
{
    /// <summary>The texts one after the other, for tokenizers that have no post-processor.</summary>
    public static TemplatePostProcessor Plain { get; } = new([new(0, [], 0)], [new(0, [], 0), new(1, [], 1)]);

    public TemplatePostProcessor With(SpaceTrimmer? other) => other is null ? this : new(single, pair, [.. trimmers, other]);

    /// <summary>The template of another, with the trimmers of both.</summary>
    public TemplatePostProcessor Then(TemplatePostProcessor other) => other.After(trimmers);

    /// <summary>Takes spaces out of the tokens' places, where the file asks for it; before the template, whether or not its tokens are added.</summary>
    /// <param name="text">The text of the tokens.</param>
    /// <param name="pieces">Those that are kept.</param>
    /// <param name="added">Which of all were added tokens.</param>
    /// <param name="cut">How many before those kept were cut off.</param>
    public void Trim(ReadOnlySpan<char> text, Span<Piece> pieces, List<AddedPiece> added, int cut)
    {
        if (trimmers.Length == 0) return;
        text = CodePoint.WellFormed(text);
        foreach (var trimmer in trimmers) trimmer.Trim(text, pieces, added, cut);
    }

    public int SpecialTokenCount(bool isPair) => (isPair ? pair : single).Sum(p => p.SpecialIds.Length);

    public TokenEncoding Apply(ReadOnlySpan<Piece> first, ReadOnlySpan<Piece> second, bool isPair, bool addSpecialTokens, bool truncated)
    {
        var parts = isPair ? pair : single;
        var length = 0;
        foreach (var part in parts) length += Length(part, first, second, addSpecialTokens);
        var encoding = new TokenEncoding(new int[length], new int[length], new TextSpan[length], new sbyte[length], truncated);
        var at = 0;
        foreach (var part in parts)
        {
            var count = Length(part, first, second, addSpecialTokens);
            if (part.TypeId != 0) encoding.TypeIds.AsSpan(at, count).Fill(part.TypeId);
            if (part.Sequence != 0) encoding.Sequences.AsSpan(at, count).Fill(part.Sequence);
            if (part.Sequence < 0) part.SpecialIds.AsSpan(0, count).CopyTo(encoding.Ids.AsSpan(at));
            else Write(part.Sequence == 0 ? first : second, encoding, at);
            at += count;
        }

        return encoding;
    }

    private TemplatePostProcessor After(SpaceTrimmer[] first) => new(single, pair, [.. first, .. trimmers]);

    private static int Length(TemplatePart part, ReadOnlySpan<Piece> first, ReadOnlySpan<Piece> second, bool addSpecialTokens) =>
        part.Sequence switch { 0 => first.Length, 1 => second.Length, _ => addSpecialTokens ? part.SpecialIds.Length : 0 };

    private static void Write(ReadOnlySpan<Piece> pieces, TokenEncoding encoding, int at)
    {
        var ids = encoding.Ids.AsSpan(at, pieces.Length);
        var offsets = encoding.Offsets.AsSpan(at, pieces.Length);
        for (var i = 0; i < pieces.Length; i++)
        {
            ids[i] = pieces[i].Id;
            offsets[i] = new(pieces[i].Start, pieces[i].End);
        }
    }
}

using ModelServer.Tokenization.Texts;

namespace ModelServer.Tokenization.PostProcessing;

/// <summary>What a text, or a pair of texts, became. All arrays have one entry per token.</summary>
/// <param name="Ids">Token ids, special tokens included where asked for.</param>
/// <param name="TypeIds">Segment of each token: 0 for the first text, usually 1 for the second.</param>
/// <param name="Offsets">Where each token stands in its own text, in UTF-16 units; (0, 0) for special tokens.</param>
/// <param name="Sequences">Which text each token comes from: 0, 1, or -1 for tokens that the template added.</param>
/// <param name="Truncated">Tokens were left out to keep to the length asked for.</param>
internal sealed record TokenEncoding(int[] Ids, int[] TypeIds, TextSpan[] Offsets, sbyte[] Sequences, bool Truncated)
{
    /// <summary>1 for each token that the template added, 0 for those of the texts.</summary>
    public int[] SpecialTokensMask => Array.ConvertAll(Sequences, s => s < 0 ? 1 : 0);

    /// <summary>The offsets in code points, as Python and most clients count.</summary>
    /// <param name="text">The text that was encoded.</param>
    /// <param name="pair">The second text, when there was one.</param>
    public TextSpan[] CodePointOffsets(string text, string? pair = null)
    {
        int[][] places = [CodePointPlaces(text), pair is null ? [] : CodePointPlaces(pair)];
        var offsets = new TextSpan[Offsets.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            if (Sequences[i] >= 0) offsets[i] = new(places[Sequences[i]][Offsets[i].Start], places[Sequences[i]][Offsets[i].End]);
        }

        return offsets;
    }

    /// <summary>For each place in a text, in UTF-16 units, its end included, how many code points stand before it.</summary>
    public static int[] CodePointPlaces(string text)
    {
        var places = new int[text.Length + 1];
        for (int i = 0, count = 0; i < text.Length; i++)
        {
            places[i] = count;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) count++;
            places[i + 1] = count;
        }

        return places;
    }
}

namespace ModelServer.FillMask;

/// <summary>A row of results: <c>count of masks | for each mask, of each candidate: id, probability</c>. Ids are below 2²², so that a float holds them.</summary>
internal static class MaskRow
{
    public static float[] Create(int masks, int candidates)
    {
        var row = new float[1 + masks * candidates * 2];
        row[0] = masks;
        return row;
    }

    public static int Masks(ReadOnlySpan<float> row) => (int)row[0];

    /// <summary>Of one mask, ids and probabilities in turn.</summary>
    public static Span<float> Mask(Span<float> row, int mask)
    {
        var width = (row.Length - 1) / (int)row[0];
        return row.Slice(1 + mask * width, width);
    }

    /// <summary>Of one mask, best first.</summary>
    public static (int Id, float Score)[] Candidates(ReadOnlySpan<float> row, int mask)
    {
        var width = (row.Length - 1) / Masks(row);
        var numbers = row.Slice(1 + mask * width, width);
        var candidates = new (int Id, float Score)[width / 2];
        for (var i = 0; i < candidates.Length; i++) candidates[i] = ((int)numbers[2 * i], numbers[2 * i + 1]);
        return [.. candidates.OrderByDescending(c => c.Score)];
    }
}

namespace ModelServer.Constraints.Automata;

/// <summary>The UTF-8 encodings of a range of characters, as sequences of byte ranges.</summary>
internal static class Utf8Ranges
{
    /// <summary>The last character of one, two, three and four bytes.</summary>
    private static readonly int[] Limits = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    /// <param name="first">A code point; surrogates in the range are left out.</param>
    /// <param name="last">Included.</param>
    public static void Add(int first, int last, List<(byte First, byte Last)[]> sequences)
    {
        if (first < 0xD800 && last >= 0xD800) Add(first, 0xD7FF, sequences);
        if (last > 0xDFFF && first <= 0xDFFF) Add(0xE000, last, sequences);
        if (first > last || (first <= 0xDFFF && last >= 0xD800)) return;
        foreach (var limit in Limits)
        {
            if (first > limit) continue;
            Split(first, Math.Min(last, limit), sequences);
            if (last <= limit) return;
            first = limit + 1;
        }
    }

    /// <summary>Cuts a range of encodings of one length so that each part is a product of byte ranges.</summary>
    private static void Split(int first, int last, List<(byte First, byte Last)[]> sequences)
    {
        var length = LengthOf(first);
        for (var i = 1; i < length; i++)
        {
            var low = (1 << (6 * i)) - 1;
            if ((first & ~low) == (last & ~low)) continue;
            if ((first & low) != 0)
            {
                Split(first, first | low, sequences);
                Split((first | low) + 1, last, sequences);
                return;
            }

            if ((last & low) != low)
            {
                Split(first, (last & ~low) - 1, sequences);
                Split(last & ~low, last, sequences);
                return;
            }
        }

        var (from, to) = (Encode(first), Encode(last));
        sequences.Add([.. from.Zip(to)]);
    }

    private static int LengthOf(int codePoint) => 1 + Array.FindIndex(Limits, limit => codePoint <= limit);

    private static byte[] Encode(int codePoint) => LengthOf(codePoint) switch
    {
        1 => [(byte)codePoint],
        2 => [(byte)(0xC0 | (codePoint >> 6)), Tail(codePoint, 0)],
        3 => [(byte)(0xE0 | (codePoint >> 12)), Tail(codePoint, 6), Tail(codePoint, 0)],
        _ => [(byte)(0xF0 | (codePoint >> 18)), Tail(codePoint, 12), Tail(codePoint, 6), Tail(codePoint, 0)],
    };

    private static byte Tail(int codePoint, int shift) => (byte)(0x80 | ((codePoint >> shift) & 0x3F));
}

namespace ModelServer.Tokenization.Unicode;

/// <summary>Hangul syllables decompose and compose by arithmetic (Unicode Standard, section 3.12).</summary>
internal static class Hangul
{
    private const int Syllables = 0xAC00, Leads = 0x1100, Vowels = 0x1161, Tails = 0x11A7;

    /// <summary>Vowels and tails, which compose with what is before them, lie between these.</summary>
    public const int FirstVowel = Vowels, LastTail = Tails + TailCount - 1;

    private const int LeadCount = 19, VowelCount = 21, TailCount = 28, SyllableCount = LeadCount * VowelCount * TailCount;

    public static bool IsSyllable(int codePoint) => (uint)(codePoint - Syllables) < SyllableCount;

    /// <summary>Writes the two or three jamo of a syllable and returns how many.</summary>
    public static int Decompose(int syllable, Span<int> jamo)
    {
        var index = syllable - Syllables;
        jamo[0] = Leads + index / (VowelCount * TailCount);
        jamo[1] = Vowels + index % (VowelCount * TailCount) / TailCount;
        var tail = index % TailCount;
        jamo[2] = Tails + tail;
        return tail == 0 ? 2 : 3;
    }

    public static int? Compose(int first, int second)
    {
        if ((uint)(first - Leads) < LeadCount && (uint)(second - Vowels) < VowelCount)
        {
            return Syllables + ((first - Leads) * VowelCount + second - Vowels) * TailCount;
        }

        var openSyllable = IsSyllable(first) && (first - Syllables) % TailCount == 0;
        return openSyllable && second > Tails && second < Tails + TailCount ? first + second - Tails : null;
    }
}

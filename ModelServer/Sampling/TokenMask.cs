using System.Numerics;
using System.Runtime.Intrinsics;

namespace ModelServer.Sampling;

/// <summary>A bit for each token: bit <c>i</c> of word <c>w</c> is that of token <c>64 w + i</c>.</summary>
internal static class TokenMask
{
    private const int WordBits = 64;

    /// <summary>Makes the tokens impossible whose bit is not set.</summary>
    public static void Apply(ReadOnlySpan<ulong> allowed, Span<float> logits)
    {
        for (var start = 0; start < logits.Length; start += WordBits)
        {
            var word = start / WordBits < allowed.Length ? allowed[start / WordBits] : 0;
            if (word == ulong.MaxValue) continue;
            var part = logits.Slice(start, Math.Min(WordBits, logits.Length - start));
            if (word == 0) part.Fill(float.NegativeInfinity);
            else if (part.Length == WordBits) Apply(word, part);
            else
            {
                for (var i = 0; i < part.Length; i++)
                    if (((word >> i) & 1) == 0) part[i] = float.NegativeInfinity;
            }
        }
    }

    /// <summary>Whether any token may come beside some.</summary>
    public static bool AllowsOthers(ReadOnlySpan<ulong> allowed, ReadOnlySpan<int> tokens)
    {
        var count = 0;
        foreach (var word in allowed) count += BitOperations.PopCount(word);
        foreach (var token in tokens) count -= (int)((allowed[token / WordBits] >> (token % WordBits)) & 1);
        return count > 0;
    }

    /// <summary>Eight tokens at a time: each lane looks at its own bit.</summary>
    private static void Apply(ulong word, Span<float> logits)
    {
        var lanes = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        var impossible = Vector256.Create(float.NegativeInfinity);
        for (var i = 0; i < WordBits; i += Vector256<float>.Count)
        {
            var isAllowed = Vector256.Equals(Vector256.Create((int)(word >> i)) & lanes, lanes).AsSingle();
            Vector256.ConditionalSelect(isAllowed, Vector256.Create<float>(logits[i..]), impossible).CopyTo(logits[i..]);
        }
    }
}

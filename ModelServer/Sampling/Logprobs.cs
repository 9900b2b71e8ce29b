using System.Numerics;
using System.Numerics.Tensors;

namespace ModelServer.Sampling;

/// <summary>Natural logarithms of probabilities, from logits.</summary>
internal static class Logprobs
{
    /// <param name="top">Most likely tokens to report.</param>
    /// <param name="scratch">As long as the logits; overwritten.</param>
    public static SampledToken Of(ReadOnlySpan<float> logits, int id, int top, Span<float> scratch)
    {
        var highest = TensorPrimitives.Max(logits);
        TensorPrimitives.Subtract(logits, highest, scratch);
        TensorPrimitives.Exp<float>(scratch, scratch);
        var shift = new Shift(highest, MathF.Log(TensorPrimitives.Sum<float>(scratch)));
        return new SampledToken(id, shift.Apply(logits[id]), Top(logits, top, shift));
    }

    /// <summary>Best first, equal ones by id; those that are impossible are left out.</summary>
    private static TokenLogprob[] Top(ReadOnlySpan<float> logits, int top, Shift shift)
    {
        if (top == 0) return [];
        var best = new TokenLogprob[Math.Min(top, logits.Length)];
        var count = 0;
        var floor = float.NegativeInfinity;
        for (var start = 0; start < logits.Length; start += Vector<float>.Count)
        {
            var end = Math.Min(start + Vector<float>.Count, logits.Length);
            if (end - start == Vector<float>.Count && Vector.LessThanOrEqualAll(new Vector<float>(logits[start..end]), new Vector<float>(floor))) continue;
            for (var i = start; i < end; i++)
            {
                if (logits[i] <= floor) continue;
                Insert(best.AsSpan(0, count = Math.Min(count + 1, best.Length)), new(i, shift.Apply(logits[i])));
                if (count == best.Length) floor = logits[best[^1].Id];
            }
        }

        return best[..count];
    }

    private static void Insert(Span<TokenLogprob> best, TokenLogprob token)
    {
        var place = best.Length - 1;
        for (; place > 0 && best[place - 1].Logprob < token.Logprob; place--) best[place] = best[place - 1];
        best[place] = token;
    }

    /// <summary>Subtracted one after the other: their sum would round a large logit's digits away.</summary>
    private readonly record struct Shift(float Highest, float LogSum)
    {
        public float Apply(float logit) => logit - Highest - LogSum;
    }
}

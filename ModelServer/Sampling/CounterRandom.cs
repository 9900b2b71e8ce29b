namespace ModelServer.Sampling;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014) read by position: the n-th number of a seed needs none before it, so that nothing else can shift it.</summary>
internal static class CounterRandom
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    public static ulong Bits(ulong seed, ulong position)
    {
        var z = unchecked(seed + ((position + 1) * Increment));
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EB);
        return z ^ (z >> 31);
    }

    /// <summary>Uniform from 0 to below 1, in steps of 2⁻⁵³.</summary>
    public static double Unit(ulong seed, ulong position) => (Bits(seed, position) >> 11) * (1.0 / (1UL << 53));
}

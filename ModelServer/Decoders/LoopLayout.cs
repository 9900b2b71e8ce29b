namespace ModelServer.Decoders;

/// <summary>How a decoder is spread over the cores. A small graph is decoded by every core for itself, in a loop of its own: threads that share one
/// operator of a few microseconds wait for each other longer than they work. A large one is decoded in one loop by all cores.</summary>
/// <param name="Threads">Inside one step.</param>
/// <param name="Rows">Sequences of each loop.</param>
/// <param name="Chunk">Most prompt tokens between two tokens of the streams under way.</param>
internal sealed record LoopLayout(int Threads, int[] Rows, int Chunk)
{
    /// <summary>From about here the work of one operator is worth sharing among threads.</summary>
    private const long LargeGraphBytes = 100_000_000;

    /// <summary>With fewer, a step costs nearly as much as with so many.</summary>
    private const int RowsWorthALoop = 8;

    private const int DefaultRows = 16;

    /// <param name="graphBytes">Size of the ONNX file.</param>
    /// <param name="cores">That the replica may use.</param>
    public static LoopLayout For(long graphBytes, DecoderOptions options, int cores)
    {
        var threads = options.Threads > 0 ? options.Threads : graphBytes >= LargeGraphBytes ? cores : 1;
        var most = Math.Max(1, cores / threads);
        var rows = options.Rows > 0 ? options.Rows : Math.Max(DefaultRows, most * RowsWorthALoop);
        var loops = Math.Clamp(rows / RowsWorthALoop, 1, most);
        // With fewer rows a step is shorter, and what it may be stretched by as well.
        var chunk = loops == 1 ? options.PrefillTokens : options.PrefillTokens * 2 / 3;
        return new(threads, [.. Enumerable.Range(0, loops).Select(i => (rows + i) / loops)], chunk);
    }
}

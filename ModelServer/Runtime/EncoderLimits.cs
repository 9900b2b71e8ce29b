namespace ModelServer.Runtime;

/// <summary>Says how encoders are run on one device: by the settings, and where those say nothing, by what suits a device of its kind.</summary>
/// <param name="Workers">Threads per model that run the engine, each a batch of its own.</param>
/// <param name="BatchTokens">Padded tokens (rows × longest row) of a run at most; a longer single sequence runs alone.</param>
/// <param name="RunOverhead">What a run costs beside its padded tokens, in tokens.</param>
/// <param name="BatchDelay">How long the oldest sequence waits for company.</param>
internal sealed record EncoderLimits(int Workers, int BatchTokens, int RunOverhead, TimeSpan BatchDelay)
{
    /// <summary>One fills the device while the other reads what came back and packs the next.</summary>
    private const int CudaWorkers = 2;

    /// <summary>Whether only sequences of one length share a run, as padding would change their answers.</summary>
    public bool EqualLengths { get; init; }

    /// <summary>Tokens of every row, where a graph takes no other number.</summary>
    public int? Columns { get; init; }

    /// <param name="device">Not <see cref="DeviceKind.Auto"/>.</param>
    public static EncoderLimits On(DeviceKind device, InferenceOptions options)
    {
        var suited = device == DeviceKind.Cuda
            ? new EncoderLimits(CudaWorkers, 16_384, 300, TimeSpan.FromMilliseconds(2))
            : new EncoderLimits(Math.Max(1, options.EffectiveCores / options.IntraOpThreads), 512, 12, TimeSpan.Zero);
        return new(options.Workers ?? suited.Workers, options.BatchTokens ?? suited.BatchTokens, options.RunOverhead ?? suited.RunOverhead, options.BatchDelay ?? suited.BatchDelay);
    }
}

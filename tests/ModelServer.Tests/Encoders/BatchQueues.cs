using ModelServer.Encoders;
using ModelServer.Runtime;

namespace ModelServer.Tests.Encoders;

internal static class BatchQueues
{
    /// <summary>A queue with the limits of a CPU.</summary>
    public static SequenceQueue Queue(InferenceOptions options, TimeProvider time) => new(options, EncoderLimits.On(DeviceKind.Cpu, options), time);
}

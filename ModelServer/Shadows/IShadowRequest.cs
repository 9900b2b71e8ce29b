using ModelServer.Inference;
using ModelServer.Models;
using ModelServer.Scheduling;

namespace ModelServer.Shadows;

/// <summary>A request that was answered, to be put to another version too.</summary>
internal interface IShadowRequest
{
    /// <summary>Waits behind everybody else. No token can name such a client.</summary>
    static readonly QueueLane Lane = new("\0shadow", RequestPriority.Batch);

    /// <summary>Has the version answer and compares; counts the answer, not the comparison.</summary>
    /// <returns>Null where it cannot be asked the same.</returns>
    /// <exception cref="Admission.ModelNotReadyException">It is not ready any more.</exception>
    /// <exception cref="Admission.OverloadedException">Its queue is full.</exception>
    Task<RowComparison?> AskAsync(ModelVersion shadow, CancellationToken cancellationToken);
}

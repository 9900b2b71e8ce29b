namespace ModelServer.Scheduling;

/// <summary>Work that waits for its turn in a <see cref="FairOrder{T}"/>.</summary>
internal interface IQueued
{
    QueueLane Lane { get; }

    /// <summary>Clock reading of <see cref="TimeProvider.GetTimestamp"/>.</summary>
    long QueuedAt { get; set; }

    /// <summary>What it takes of its client's share, in tokens.</summary>
    int Cost { get; }

    /// <summary>Its place in the order.</summary>
    double Tag { get; set; }
}

using ModelServer.Scheduling;

namespace ModelServer.Batching;

/// <summary>Work that waits for a run of one graph, beside other work or alone.</summary>
internal interface IBatched : IQueued
{
    /// <summary>How many rows of a run it is.</summary>
    int Rows { get; }

    /// <summary>Tokens of each row.</summary>
    int Length { get; }

    /// <summary>It will not be run, or its run failed. Does nothing where it is decided.</summary>
    void Fail(Exception reason);
}

namespace Gateway.Replicas;

/// <summary>The states of a model server, which decide whether it gets requests.</summary>
internal enum ReplicaState
{
    /// <summary>Not reached, or says that it cannot serve: gets nothing.</summary>
    Unready,

    /// <summary>Gets requests.</summary>
    Ready,

    /// <summary>Finishes what it has and gets nothing new: it is shutting down, or an administrator said so.</summary>
    Draining,

    /// <summary>Says it is ready, but failed too often or took too long: gets nothing for a while.</summary>
    Ejected,

    /// <summary>Was ejected; gets one request at a time until one succeeds.</summary>
    Trial,
}

namespace StackExchange.Redis;

/// <summary>
/// How a command is sent. With one server and no replicas only <see cref="FireAndForget"/> and <see cref="NoScriptCache"/> change anything.
/// </summary>
[Flags]
public enum CommandFlags
{
    None = 0,
    HighPriority = 1,

    /// <summary>The caller gets <c>default</c> at once and never learns of a failure.</summary>
    FireAndForget = 2,
    PreferMaster = 0,
    DemandMaster = 4,
    PreferReplica = 8,
    DemandReplica = DemandMaster | PreferReplica,
    NoRedirect = 64,

    /// <summary>Send the script's text (EVAL) rather than its hash (EVALSHA).</summary>
    NoScriptCache = 512,
}

public enum When
{
    Always = 0,
    Exists = 1,
    NotExists = 2,
}

public enum ExpireWhen
{
    Always = 0,
    GreaterThanCurrentExpiry = 1,
    HasExpiry = 2,
    HasNoExpiry = 3,
    LessThanCurrentExpiry = 4,
}

/// <summary>The kinds of RESP2 reply.</summary>
public enum ResultType : byte
{
    None = 0,
    SimpleString = 1,
    Error = 2,
    Integer = 3,
    BulkString = 4,
    Array = 5,
}

public enum ConnectionType
{
    None = 0,
    Interactive = 1,
    Subscription = 2,
}

public enum ConnectionFailureType
{
    None = 0,
    UnableToResolvePhysicalConnection = 1,
    SocketFailure = 2,
    AuthenticationFailure = 3,
    ProtocolFailure = 4,
    InternalFailure = 5,
    SocketClosed = 6,
    ConnectionDisposed = 7,
    Loading = 8,
    UnableToConnect = 9,
    ResponseIntegrityFailure = 10,
}

/// <summary>How far a command had come when it failed: only <see cref="Sent"/> may have been executed.</summary>
public enum CommandStatus
{
    Unknown = 0,
    WaitingToBeSent = 1,
    Sent = 2,
    WaitingInBacklog = 3,
}

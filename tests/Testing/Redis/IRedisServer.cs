namespace Testing;

/// <summary>What speaks Redis' protocol in these tests.</summary>
public enum RedisKind
{
    /// <summary>The program <c>redis-server</c>, where it is installed.</summary>
    Redis,

    /// <summary>Garnet, in this process.</summary>
    Garnet,
}

/// <summary>A server of a test's own: a free loopback port, a random password, nothing on disk.</summary>
public interface IRedisServer : IAsyncDisposable
{
    /// <summary>Endpoint and password in the form that connection strings have.</summary>
    string ConnectionString { get; }

    bool IsRunning { get; }

    /// <summary>Closes its port and its connections at once; what it knew is lost.</summary>
    void Kill();

    /// <summary>Starts again on the same port with the same password, empty.</summary>
    Task RestartAsync();
}

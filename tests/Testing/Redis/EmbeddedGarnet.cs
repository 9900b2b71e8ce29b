using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;

namespace Testing;

/// <summary>Garnet inside the test's process: it needs no program, starts within a second and takes about 150 MB.</summary>
public sealed class EmbeddedGarnet : IRedisServer
{
    private readonly RedisEndpoint _endpoint = new();
    private GarnetServer? _server;

    private EmbeddedGarnet()
    {
    }

    public string ConnectionString => _endpoint.ConnectionString;

    public bool IsRunning => _server is not null;

    public static async Task<EmbeddedGarnet> StartAsync()
    {
        var server = new EmbeddedGarnet();
        await server.RestartAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        Kill();
        _server = new GarnetServer(new GarnetServerOptions
        {
            EndPoints = [_endpoint.Address],
            AuthSettings = new PasswordAuthenticationSettings(_endpoint.Password),
            EnableLua = true,
            LuaOptions = new LuaOptions(),
            // Without it, scripts of several connections run interleaved: limits are then exceeded.
            LuaTransactionMode = true,
            LogMemorySize = "64m",
            IndexMemorySize = "4m",
            QuietMode = true,
        });
        _server.Start();
        if (await _endpoint.TryAskAsync("PING") != "+PONG") throw new InvalidOperationException("Garnet does not answer.");
    }

    public void Kill()
    {
        _server?.Dispose();
        _server = null;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        return ValueTask.CompletedTask;
    }
}

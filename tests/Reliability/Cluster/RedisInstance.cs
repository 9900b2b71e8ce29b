using System.Security.Cryptography;
using Benchmarks.Systems;
using StackExchange.Redis;
using Testing;

namespace Reliability.Cluster;

/// <summary>Redis with its data on disk, as API keys need: the program <c>redis-server</c> where it is installed, else the platform's own Garnet.</summary>
internal sealed class RedisInstance : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly string _folder;

    public RedisInstance(string folder)
    {
        _folder = folder;
        Instance = new("redis", RunningServer.FreePort(), _ => Launch());
    }

    /// <summary>What speaks its protocol here, for the report.</summary>
    public static string Program { get; } = Programs.Has("redis-server") ? "redis-server" : "Garnet";

    public string Password { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    public ServiceInstance Instance { get; }

    /// <summary>Starts it, with what it knew before, and waits until it answers.</summary>
    /// <param name="isEmpty">Whether it has lost all.</param>
    public async Task StartAsync(CancellationToken cancellation, bool isEmpty = false)
    {
        if (isEmpty) Directory.Delete(_folder, recursive: true);
        Directory.CreateDirectory(_folder);
        Instance.Start();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(StartLimit);
        while (await AskAsync(server => server.PingAsync()) is null)
        {
            if (Instance.HasEnded) throw new InvalidOperationException($"Redis ended: {Instance.Tail}");
            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Asks it, not through the proxy.</summary>
    /// <returns>Null where it does not answer.</returns>
    public async Task<T?> AskAsync<T>(Func<IServer, Task<T>> question) where T : struct
    {
        var options = new ConfigurationOptions { EndPoints = { Instance.Endpoint }, Password = Password, ConnectTimeout = 2000, AsyncTimeout = 2000, ConnectRetry = 0, AllowAdmin = true };
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(options);
            return await question(connection.GetServer(Instance.Endpoint));
        }
        catch (RedisException)
        {
            return null;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose() => Instance.Dispose();

    private ChildProcess Launch()
    {
        if (Program == "redis-server")
        {
            return ChildProcess.Start(
                "redis", _folder, new Dictionary<string, string>(),
                "redis-server", "--port", $"{Instance.Port}", "--bind", "127.0.0.1", "--requirepass", Password, "--save", "", "--appendonly", "yes", "--dir", _folder);
        }

        var host = Path.Combine(RepositoryPaths.Root, "AppHost", "bin", "Release", "net10.0", "AppHost.dll");
        if (!File.Exists(host)) throw new InvalidOperationException($"{host} is missing: start the suite with ./test reliability, which builds it.");
        var settings = new Dictionary<string, string> { ["REDIS_PORT"] = $"{Instance.Port}", ["REDIS_PASSWORD"] = Password, ["GARNET_FOLDER"] = _folder };
        return ChildProcess.Start("redis", _folder, settings, "dotnet", "exec", host, "garnet");
    }
}

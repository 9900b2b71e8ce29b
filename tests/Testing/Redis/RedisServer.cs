using System.Diagnostics;

namespace Testing;

/// <summary>The program <c>redis-server</c>. The password goes in on standard input.</summary>
public sealed class RedisServer : IRedisServer
{
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-test-").FullName;
    private readonly RedisEndpoint _endpoint = new();
    private Process? _process;

    private RedisServer()
    {
    }

    /// <summary>Whether the machine has the program; tests that need it say so instead of failing darkly.</summary>
    public static bool IsInstalled { get; } = Programs.Has("redis-server");

    public string ConnectionString => _endpoint.ConnectionString;

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer();
        await server.LaunchAsync();
        return server;
    }

    public async Task RestartAsync()
    {
        Kill();
        await LaunchAsync();
    }

    /// <summary>Ends the process, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public ValueTask DisposeAsync()
    {
        Kill();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private async Task LaunchAsync()
    {
        if (!IsInstalled) throw new InvalidOperationException("These tests need redis-server on the path.");
        var start = new ProcessStartInfo("redis-server", "-") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await _process.StandardInput.WriteAsync(
            $"port {_endpoint.Port}\nbind 127.0.0.1\nrequirepass {_endpoint.Password}\nsave \"\"\nappendonly no\ndir \"{_folder}\"\n");
        _process.StandardInput.Close();
        await Eventually.HoldsAsync(async () => _process.HasExited || await _endpoint.TryAskAsync("PING") == "+PONG", () => "redis-server does not answer.");
        if (_process.HasExited) throw new InvalidOperationException($"redis-server ended with {_process.ExitCode}");
    }
}

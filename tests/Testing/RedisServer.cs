using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Testing;

/// <summary>
/// A real <c>redis-server</c> of a test's own: a free loopback port, a random password, nothing on disk. The password goes in on standard
/// input.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private readonly string _folder = Directory.CreateTempSubdirectory("redis-test-").FullName;
    private Process? _process;

    private RedisServer(int port, string password)
    {
        Port = port;
        Password = password;
    }

    /// <summary>Whether the machine has the program; tests that need it say so instead of failing darkly.</summary>
    public static bool IsInstalled { get; } = Programs.Has("redis-server");

    public int Port { get; }

    public string Password { get; }

    /// <summary>Endpoint and password in the form that connection strings have.</summary>
    public string ConnectionString => $"127.0.0.1:{Port},password={Password}";

    public bool IsRunning => _process is { HasExited: false };

    public static async Task<RedisServer> StartAsync()
    {
        var server = new RedisServer(FreePort(), RandomNumberGenerator.GetHexString(24, lowercase: true));
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Starts again on the same port with the same password, empty.</summary>
    public async Task RestartAsync()
    {
        Kill();
        await LaunchAsync();
    }

    /// <summary>Ends the process at once, as <c>kill -9</c> does.</summary>
    public void Kill()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Asks it to end and waits until it has.</summary>
    public async Task StopAsync()
    {
        if (IsRunning) await TryAskAsync("SHUTDOWN NOSAVE", CancellationToken.None);
        if (_process is not null) await _process.WaitForExitAsync();
        Kill();
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
            $"port {Port}\nbind 127.0.0.1\nrequirepass {Password}\nsave \"\"\nappendonly no\ndir \"{_folder}\"\n");
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StartLimit);
        while (await TryAskAsync("PING", limit.Token) != "+PONG")
        {
            if (_process.HasExited) throw new InvalidOperationException($"redis-server ended with {_process.ExitCode}");
            await Task.Delay(10, limit.Token);
        }
    }

    // In the plainest form of the protocol, so that the fixture depends on no client.
    private async Task<string?> TryAskAsync(string command, CancellationToken cancellation)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, cancellation);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Password}\r\n{command}\r\n"), cancellation);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return await reader.ReadLineAsync(cancellation) == "+OK" ? await reader.ReadLineAsync(cancellation) : null;
        }
        catch (Exception failure) when (failure is SocketException or IOException)
        {
            return null;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

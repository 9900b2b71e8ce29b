using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Publishing;
using Testing;

namespace Deployment.Tests.Images;

/// <summary>A published service as an image runs it, in a folder that it owns nothing of; ended when disposed.</summary>
internal sealed class PublishedProcess : IAsyncDisposable
{
    private readonly string _assembly;
    private readonly int _port;
    private readonly Process _process;
    private readonly HttpClient _client = new();

    public PublishedProcess(PublishedFolder folder, string assembly, params (string Name, string Value)[] settings)
    {
        _assembly = Path.Combine(folder.Path, assembly);
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            _port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        var start = Start();
        start.WorkingDirectory = folder.Path;
        start.Environment["Drain__Notice"] = "00:00:00";
        foreach (var (key, value) in TestTokens.Settings) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What a route answers, once the service listens.</summary>
    public Task<string> AnswerAsync(string path) => Eventually.GetAsync(async () =>
    {
        Assert.False(_process.HasExited);
        try
        {
            return await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_port}{path}"));
        }
        catch (HttpRequestException)
        {
            return null;
        }
    });

    /// <summary>Probes it by its own command.</summary>
    /// <param name="path">Null for what is asked by default.</param>
    public async Task<(int Code, string Error)> ProbeAsync(string? path = null)
    {
        Assert.False(_process.HasExited);
        var start = Start("probe");
        if (path is not null) start.ArgumentList.Add($"http://127.0.0.1:{_port}{path}");
        using var probe = Process.Start(start)!;
        var (output, error) = (probe.StandardOutput.ReadToEndAsync(), probe.StandardError.ReadToEndAsync());
        await probe.WaitForExitAsync();
        Assert.Empty(await output);
        return (probe.ExitCode, await error);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [_assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}";
        return start;
    }
}

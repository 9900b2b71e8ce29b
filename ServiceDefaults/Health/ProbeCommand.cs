using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace ServiceDefaults.Health;

/// <summary><c>SERVICE probe [URL]</c>: asks the service that runs beside it whether it is ready, for container engines that can run a command but send no
/// request. No shell and no other program is needed for it. Exit code 0 where the answer is a success, else 1 with the reason on standard error.</summary>
public static class ProbeCommand
{
    private const string Name = "probe";

    /// <summary>An engine ends a probe that takes long; this one ends by itself and says why.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <returns>Whether it was a probe that was asked for; then it has answered, and the process has its exit code.</returns>
    public static bool Ran(string[] args)
    {
        if (args is not [Name, .. var asked]) return false;
        // As the service itself reads where to listen, but for settings files: an endpoint that is named there is to be given as URL.
        var environment = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().Build();
        Environment.ExitCode = Run(asked, environment, Console.Error) ? 0 : 1;
        return true;
    }

    internal static bool Run(string[] args, IConfiguration environment, TextWriter error)
    {
        var address = args switch
        {
            [] => Address(environment),
            [var url] when Uri.TryCreate(url, UriKind.Absolute, out var named) && named.Scheme is "http" or "https" => new Uri(url),
            _ => null,
        };
        if (address is null)
        {
            error.WriteLine(args is [] ? $"The service has no http address: {Name} needs one." : $"Usage: {Name} [URL]");
            return false;
        }

        return IsReady(address, error);
    }

    /// <returns>The first address of plain http that the service listens on, its <c>/ready</c>, from this machine; null for none.</returns>
    internal static Uri? Address(IConfiguration environment)
    {
        string[] urls = environment["URLS"] is { Length: > 0 } listed ? Split(listed)
            : environment["HTTP_PORTS"] is { Length: > 0 } ports ? [.. Split(ports).Select(p => $"http://*:{p}")]
            : ["http://localhost:5000"];
        return urls.Where(u => u.StartsWith("http://", StringComparison.OrdinalIgnoreCase)).Select(BindingAddress.Parse).FirstOrDefault(b => !b.IsUnixPipe) is { } binding
            ? new UriBuilder(Uri.UriSchemeHttp, IsEvery(binding.Host) ? "127.0.0.1" : binding.Host, binding.Port, "/ready").Uri
            : null;
    }

    private static bool IsReady(Uri address, TextWriter error)
    {
        // What is asked is here: a proxy that the environment names is for elsewhere.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            using var response = client.Send(request);
            if (response.IsSuccessStatusCode) return true;
            error.WriteLine($"{address} answers {(int)response.StatusCode}.");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            error.WriteLine($"{address} does not answer: {(e is OperationCanceledException ? "nothing came in time." : e.Message)}");
        }

        return false;
    }

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Kestrel listens on every address where the host is none it can resolve here: <c>*</c>, <c>+</c>, <c>0.0.0.0</c>, <c>[::]</c>.</summary>
    private static bool IsEvery(string host) => host is "*" or "+" or "0.0.0.0" or "[::]";
}

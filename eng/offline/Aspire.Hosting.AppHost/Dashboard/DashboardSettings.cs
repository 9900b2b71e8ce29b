using System.Security.Cryptography;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting.Dashboard;

/// <summary>Where the dashboard is, which addresses it serves, and the secrets that guard them.</summary>
internal sealed class DashboardSettings(IConfiguration configuration, DistributedApplicationOptions options, PortReservations ports)
{
    private const string OtlpKey = "AppHost:OtlpApiKey", BrowserKey = "AppHost:BrowserToken", ServiceKey = "AppHost:ResourceService:ApiKey";

    public bool IsAnonymous => configuration["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] is "true" or "1";

    public string? BrowserToken => IsAnonymous ? null : configuration[BrowserKey];

    public string? OtlpApiKey => IsAnonymous ? null : configuration[OtlpKey];

    public string ServiceApiKey { get; } = configuration[ServiceKey] ?? NewToken();

    /// <summary>The configured path, the one known to the build, or where <c>eng/offline/fetch</c> puts it; null when it is nowhere.</summary>
    public string? FindProgram()
    {
        string?[] candidates = [configuration["ASPIRE_DASHBOARD_PATH"], options.Metadata("AspireDashboardPath"), Path.Combine(Cache(), "transformer-platform", "dashboard", "aspire-managed")];
        return candidates.FirstOrDefault(File.Exists);
    }

    public string FrontendUrl() => Address(configuration["ASPNETCORE_URLS"]);

    public string OtlpUrl() => Address(configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);

    public int ServicePort() => new Uri(Address(configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"])).Port;

    /// <summary>The OTLP key is kept for the next run, as persistent clients expect; the others live as long as the host.</summary>
    internal static void AddTokens(ConfigurationManager configuration, UserSecrets? secrets)
    {
        var browser = configuration["ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN"] is { Length: > 0 } given ? given : NewToken();
        configuration.AddInMemoryCollection([new(BrowserKey, browser), new(ServiceKey, NewToken())]);
        if (configuration[OtlpKey] is not null) return;
        var otlp = NewToken();
        secrets?.Set(OtlpKey, otlp);
        configuration.AddInMemoryCollection([new(OtlpKey, otlp)]);
    }

    private static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string Cache() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    /// <summary>The first configured address; a free port in its place where none is configured or another program has it.</summary>
    private string Address(string? configured)
    {
        var first = configured?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        if (first is null || !Uri.TryCreate(first, UriKind.Absolute, out var address)) return $"http://localhost:{ports.Take()}";
        return address.Port != 0 && PortReservations.IsFree(address.Port) ? first : $"{address.Scheme}://{address.Host}:{ports.Take()}";
    }
}

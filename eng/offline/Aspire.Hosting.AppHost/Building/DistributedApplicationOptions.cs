using System.Reflection;

namespace Aspire.Hosting;

public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly; default the program's own.</summary>
    public string? AssemblyName { get; set; }

    public string? ProjectDirectory { get => field ?? FindProjectDirectory(); set; }

    public bool DisableDashboard { get; set; }

    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Whether the resources' output is logged by the host too.</summary>
    public bool EnableResourceLogging { get; set; }

    public string? DashboardApplicationName { get; set; }

    internal Assembly? Assembly => AssemblyName is null ? Assembly.GetEntryAssembly() : Assembly.Load(new AssemblyName(AssemblyName));

    internal string? Metadata(string key) => Assembly?.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;

    private string? FindProjectDirectory() => Metadata("AppHostProjectPath") is { } path && Directory.Exists(path) ? path : null;
}

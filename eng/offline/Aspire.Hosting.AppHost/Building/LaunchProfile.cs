using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>The profile of a project's launchSettings.json that it is started with.</summary>
internal sealed record LaunchProfile(string Name, IReadOnlyList<(string Scheme, string Host, int Port)> ApplicationUrls, IReadOnlyDictionary<string, string> EnvironmentVariables, string? CommandLineArgs) : IResourceAnnotation
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>The named profile, or the one of the same name as the AppHost's own, or the first.</summary>
    public static LaunchProfile? Find(string projectPath, string? name, IConfiguration configuration)
    {
        var file = Path.Combine(Path.GetDirectoryName(projectPath)!, "Properties", "launchSettings.json");
        if (!File.Exists(file)) return name is null ? null : throw NotFound(name, projectPath);
        using var settings = JsonDocument.Parse(File.ReadAllText(file), Lenient);
        JsonProperty[] profiles = settings.RootElement.TryGetProperty("profiles", out var all)
            ? [.. all.EnumerateObject().Where(p => p.Value.TryGetProperty("commandName", out var command) && command.GetString() == "Project")]
            : [];
        if (name is not null) return Read(profiles.FirstOrDefault(p => p.Name == name) is { Value.ValueKind: JsonValueKind.Object } named ? named : throw NotFound(name, projectPath));

        var hosts = configuration["AppHost:DefaultLaunchProfileName"] ?? configuration["DOTNET_LAUNCH_PROFILE"];
        var chosen = profiles.FirstOrDefault(p => p.Name == hosts);
        if (chosen.Value.ValueKind != JsonValueKind.Object) chosen = profiles.FirstOrDefault();
        return chosen.Value.ValueKind == JsonValueKind.Object ? Read(chosen) : null;
    }

    private static LaunchProfile Read(JsonProperty profile)
    {
        var urls = Text(profile.Value, "applicationUrl")?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        var variables = profile.Value.TryGetProperty("environmentVariables", out var v) ? v.EnumerateObject().ToDictionary(x => x.Name, x => x.Value.GetString() ?? "") : [];
        return new(profile.Name, [.. urls.Select(Split)], variables, Text(profile.Value, "commandLineArgs"));
    }

    private static string? Text(JsonElement profile, string name) => profile.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>Uri refuses the hosts * and +, which mean every interface.</summary>
    private static (string Scheme, string Host, int Port) Split(string url)
    {
        var wildcard = url.Contains("://*") || url.Contains("://+");
        var uri = new Uri(url.Replace("://*", "://localhost").Replace("://+", "://localhost"));
        return (uri.Scheme, wildcard ? "*" : uri.Host, uri.Port);
    }

    private static DistributedApplicationException NotFound(string name, string projectPath) => new($"Launch settings file does not contain '{name}' profile for project '{projectPath}'.");
}

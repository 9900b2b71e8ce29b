using System.Globalization;

namespace AppHost.Cache;

/// <summary>
/// Garnet as a process and resource of its own, started from this program: what ends it leaves the host running, the dashboard shows it
/// and starts it again, and its memory is not the host's.
/// </summary>
internal static class GarnetExtensions
{
    public static IResourceBuilder<LocalRedis> AddGarnet(this IDistributedApplicationBuilder builder, string name, PlatformOptions platform)
        => builder.AddLocalRedis(name, Dotnet, typeof(GarnetExtensions).Assembly.Location, GarnetCommand.Name)
            .WithEnvironment(GarnetCommand.FolderVariable, builder.Configuration["Cache:Folder"] ?? DefaultFolder(platform.GatewayPort));

    private static string Dotnet => Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == "dotnet" ? program : "dotnet";

    /// <summary>Platforms side by side differ in their gateway's port, and one that starts again finds what it had.</summary>
    internal static string DefaultFolder(int gatewayPort) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "transformer-platform",
        $"cache-{gatewayPort.ToString(CultureInfo.InvariantCulture)}");
}

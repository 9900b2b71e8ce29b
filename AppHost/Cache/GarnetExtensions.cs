namespace AppHost.Cache;

/// <summary>
/// Garnet as a process and resource of its own, started from this program: what ends it leaves the host running, the dashboard shows it
/// and starts it again, and its memory is not the host's.
/// </summary>
internal static class GarnetExtensions
{
    public static IResourceBuilder<LocalRedis> AddGarnet(this IDistributedApplicationBuilder builder, string name, PlatformOptions platform)
        => builder.AddLocalRedis(name, Dotnet, typeof(GarnetExtensions).Assembly.Location, GarnetCommand.Name)
            .WithEnvironment(GarnetCommand.FolderVariable, builder.Configuration["Cache:Folder"] ?? platform.DataFolder("cache"));

    private static string Dotnet => Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) == "dotnet" ? program : "dotnet";
}

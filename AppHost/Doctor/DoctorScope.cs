using System.Reflection;
using AppHost.Startup;
using Microsoft.Extensions.Configuration;

namespace AppHost.Doctor;

/// <summary>The platform that is looked at: as <c>./start</c> with the same options would run it.</summary>
/// <param name="Root">The repository.</param>
/// <param name="DataFolder">Where the cache keeps its files.</param>
/// <param name="IsRunning">Whether it is this platform that runs, so that its ports are its own.</param>
internal sealed record DoctorScope(string Root, string Models, int GatewayPort, string Device, string Cache, int Replicas, string DataFolder, bool IsRunning)
{
    /// <summary>Where Redis is, if that is known.</summary>
    public string? Redis { get; init; }

    public bool WantsCuda => Device == "cuda";

    /// <param name="configuration">The command line as configuration keys.</param>
    /// <exception cref="DistributedApplicationException">A value is wrong.</exception>
    public static DoctorScope FromCommandLine(string[] configuration)
    {
        IConfigurationBuilder builder = new ConfigurationBuilder();
        // A file that cannot be read is what the doctor is to find.
        if (SecretsCheck.Of(SecretsCheck.File()).Level == DoctorLevel.Ok) builder.AddUserSecrets(Assembly.GetExecutingAssembly(), optional: true);
        return From(builder.AddEnvironmentVariables().AddCommandLine(configuration).Build(), isRunning: false);
    }

    /// <exception cref="DistributedApplicationException">A value is wrong.</exception>
    public static DoctorScope From(IConfiguration configuration, bool isRunning)
    {
        // A folder that is not there is what the doctor is to find: the other values have to be right.
        StartOption.Check(configuration, except: "Platform:Models");
        var platform = new PlatformOptions();
        configuration.GetSection(PlatformOptions.SectionName).Bind(platform);
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(new Projects.ModelServer().ProjectPath)!, ".."));
        return new(
            root,
            Path.GetFullPath(platform.Models ?? Path.Combine(root, "models")),
            platform.GatewayPort,
            platform.Device,
            configuration["Cache:Kind"] ?? "auto",
            platform.Replicas,
            configuration["Cache:Folder"] ?? platform.DataFolder("cache"),
            isRunning)
        { Redis = configuration["ConnectionStrings:cache"] };
    }
}

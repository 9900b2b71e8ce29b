using System.Globalization;
using AppHost.Startup;
using Microsoft.Extensions.Configuration;

namespace AppHost;

/// <summary>What one platform looks like; configuration section <c>Platform</c>, overridden on the command line. <see cref="StartOption"/> says which values are right.</summary>
internal sealed class PlatformOptions
{
    public const string SectionName = "Platform";

    /// <summary>Model servers to start; each is a resource of its own. Published, it is what the one resource of them is scaled to at first.</summary>
    public int Replicas { get; set; } = 2;

    /// <summary>The gateway's port on this machine.</summary>
    public int GatewayPort { get; set; } = 8080;

    /// <summary>The folder of models; relative paths start where the command is run, else at the repository.</summary>
    public string? Models { get; set; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; set; } = "auto";

    /// <summary>How the platform is published; null when it runs here.</summary>
    public PublishOptions? Publish { get; private set; }

    /// <summary>Absolute on this machine; in a published deployment a folder of the model servers' container.</summary>
    public string ModelsFolder { get; private set; } = "models";

    /// <summary>Where the services write which versions are active, on this machine; null in a published deployment, which has Redis.</summary>
    public string? RolloutsFolder { get; private set; }

    /// <summary>This machine's cores, shared out; a published replica asks its container's limits.</summary>
    public string CoresPerReplica { get; private set; } = "0";

    /// <exception cref="DistributedApplicationException">A value is wrong, or cannot be had on this machine.</exception>
    public static PlatformOptions From(IDistributedApplicationBuilder builder)
    {
        StartOption.Check(builder.Configuration);
        var options = new PlatformOptions();
        builder.Configuration.GetSection(SectionName).Bind(options);
        if (builder.ExecutionContext.IsPublishMode)
        {
            options.Publish = PublishOptions.From(builder.Configuration);
            options.ModelsFolder = options.Publish.ModelsFolder;
            return options;
        }

        options.ModelsFolder = Path.GetFullPath(options.Models ?? Path.Combine(builder.AppHostDirectory, "..", "models"));
        if (!Directory.Exists(options.ModelsFolder)) throw new DistributedApplicationException($"The models folder '{options.ModelsFolder}' does not exist.");
        options.RolloutsFolder = Path.GetFullPath(builder.Configuration["Rollouts:Folder"] ?? options.DataFolder("rollouts"));
        options.CoresPerReplica = Math.Max(1, Environment.ProcessorCount / options.Replicas).ToString(CultureInfo.InvariantCulture);
        if (!LoopbackPorts.IsFree(options.GatewayPort))
            throw new DistributedApplicationException($"Port {options.GatewayPort} is in use; choose another with --gateway-port.");
        return options;
    }

    /// <summary>A folder of the user's for what outlives a platform. Platforms side by side differ in their gateway's port, and one that starts again finds what it had.</summary>
    public string DataFolder(string what) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "transformer-platform",
        $"{what}-{GatewayPort.ToString(CultureInfo.InvariantCulture)}");
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace AppHost;

/// <summary>What one platform looks like; configuration section <c>Platform</c>, overridden on the command line.</summary>
internal sealed class PlatformOptions
{
    public const string SectionName = "Platform";

    /// <summary>Model servers to start; each is a resource of its own.</summary>
    [Range(1, 64)]
    public int Replicas { get; set; } = 2;

    /// <summary>The gateway's port on this machine.</summary>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 8080;

    /// <summary>The folder of models; relative paths start where the command is run, else at the repository.</summary>
    public string? Models { get; set; }

    /// <summary><c>auto</c>, <c>cpu</c> or <c>cuda</c>.</summary>
    [AllowedValues("auto", "cpu", "cuda")]
    public string Device { get; set; } = "auto";

    /// <summary>Absolute on this machine; in a published deployment the folder that the image carries.</summary>
    public string ModelsFolder { get; private set; } = "models";

    /// <summary>This machine's cores, shared out; a published replica asks its container's limits.</summary>
    public string CoresPerReplica { get; private set; } = "0";

    /// <exception cref="DistributedApplicationException">A value is out of range; all of them are named.</exception>
    public static PlatformOptions From(IDistributedApplicationBuilder builder)
    {
        var options = new PlatformOptions();
        builder.Configuration.GetSection(SectionName).Bind(options);
        List<ValidationResult> errors = [];
        if (!Validator.TryValidateObject(options, new ValidationContext(options), errors, validateAllProperties: true))
            throw new DistributedApplicationException(string.Join(Environment.NewLine, errors.Select(e => e.ErrorMessage)));
        if (builder.ExecutionContext.IsPublishMode) return options;

        options.ModelsFolder = options.Models is { } folder ? Path.GetFullPath(folder) : Path.GetFullPath("../models", builder.AppHostDirectory);
        if (!Directory.Exists(options.ModelsFolder)) throw new DistributedApplicationException($"The models folder '{options.ModelsFolder}' does not exist.");
        options.CoresPerReplica = Math.Max(1, Environment.ProcessorCount / options.Replicas).ToString(CultureInfo.InvariantCulture);
        return options;
    }
}

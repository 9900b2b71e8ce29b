using Microsoft.Extensions.Configuration;

namespace AppHost;

/// <summary>What a published deployment looks like; configuration section <c>Publish</c>.</summary>
internal sealed class PublishOptions
{
    public const string SectionName = "Publish";

    /// <summary>Whether what the deployment calls <c>modelserver</c> is a load balancer, as in Azure Container Apps: the gateway then asks it over HTTP/1.1. Set it
    /// to false where the name leads to the replicas themselves, as a headless Kubernetes service does: the gateway then chooses among them, over HTTP/2.</summary>
    public bool LoadBalanced { get; set; } = true;

    /// <summary>The folder of models in the model servers' container: the one in the image, unless a volume is mounted elsewhere.</summary>
    public string ModelsFolder { get; set; } = "models";

    /// <exception cref="DistributedApplicationException">A value is wrong.</exception>
    public static PublishOptions From(IConfiguration configuration)
    {
        try
        {
            return configuration.GetSection(SectionName).Get<PublishOptions>() ?? new();
        }
        catch (InvalidOperationException)
        {
            throw new DistributedApplicationException($"{SectionName}:{nameof(LoadBalanced)} takes true or false, not '{configuration[$"{SectionName}:{nameof(LoadBalanced)}"]}'.");
        }
    }
}

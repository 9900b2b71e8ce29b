using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Publishing;
using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Names a health check of the application's services that speaks for this resource.</summary>
    public static IResourceBuilder<T> WithHealthCheck<T>(this IResourceBuilder<T> builder, string key)
        where T : IResource
    {
        if (builder.Resource.Annotations.OfType<HealthCheckAnnotation>().Any(h => h.Key == key)) throw new DistributedApplicationException($"Resource '{builder.Resource.Name}' already has a health check with key '{key}'.");
        return builder.WithAnnotation(new HealthCheckAnnotation(key));
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoints = builder.Resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        var name = endpointName ?? endpoints.FirstOrDefault(e => e.UriScheme == "http")?.Name ?? endpoints.FirstOrDefault(e => e.UriScheme == "https")?.Name
            ?? throw new DistributedApplicationException($"Could not create HTTP health check for resource '{builder.Resource.Name}' as no endpoint was found with name 'http' or 'https'.");
        return builder.WithHttpHealthCheck(() => builder.GetEndpoint(name), path, statusCode);
    }

    public static IResourceBuilder<T> WithHttpHealthCheck<T>(this IResourceBuilder<T> builder, Func<EndpointReference>? endpointSelector, string? path = null, int? statusCode = null)
        where T : IResourceWithEndpoints
    {
        if (endpointSelector is null) return builder.WithHttpHealthCheck(path, statusCode, endpointName: null);
        var endpoint = endpointSelector();
        if (endpoint.Exists && endpoint.Scheme is not ("http" or "https")) throw new DistributedApplicationException($"Could not create HTTP health check for resource '{builder.Resource.Name}' as the endpoint '{endpoint.EndpointName}' is not an HTTP endpoint.");
        var (suffix, expected) = (path ?? "/", statusCode ?? 200);
        var key = $"{builder.Resource.Name}_{endpoint.EndpointName}_{suffix}_{expected}_check";
        builder.ApplicationBuilder.Services.AddHealthChecks().Add(new HealthCheckRegistration(key, _ => new HttpHealthCheck(endpoint, suffix, expected), null, null));
        return builder.WithHealthCheck(key);
    }

    public static IResourceBuilder<T> WithCommand<T>(this IResourceBuilder<T> builder, string name, string displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions? commandOptions = null)
        where T : IResource
    {
        var options = commandOptions ?? new();
        if (builder.Resource.Annotations.OfType<ResourceCommandAnnotation>().FirstOrDefault(c => c.Name == name) is { } old) builder.Resource.Annotations.Remove(old);
        return builder.WithAnnotation(new ResourceCommandAnnotation(name, displayName, options.UpdateState ?? WhileRunning, executeCommand,
            options.Description, options.Parameter, options.ConfirmationMessage, options.IconName, options.IconVariant, options.IsHighlighted));
    }

    public static IResourceBuilder<T> WithExplicitStart<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(new ExplicitStartupAnnotation());

    public static IResourceBuilder<T> WithIconName<T>(this IResourceBuilder<T> builder, string iconName, IconVariant iconVariant = IconVariant.Filled)
        where T : IResource => builder.WithAnnotation(new ResourceIconAnnotation(iconName, iconVariant), ResourceAnnotationMutationBehavior.Replace);

    public static IResourceBuilder<T> ExcludeFromManifest<T>(this IResourceBuilder<T> builder)
        where T : IResource => builder.WithAnnotation(ManifestPublishingCallbackAnnotation.Ignore, ResourceAnnotationMutationBehavior.Replace);

    public static IResourceBuilder<T> WithManifestPublishingCallback<T>(this IResourceBuilder<T> builder, Action<ManifestPublishingContext> callback)
        where T : IResource
        => builder.WithManifestPublishingCallback(c =>
        {
            callback(c);
            return Task.CompletedTask;
        });

    public static IResourceBuilder<T> WithManifestPublishingCallback<T>(this IResourceBuilder<T> builder, Func<ManifestPublishingContext, Task> callback)
        where T : IResource => builder.WithAnnotation(new ManifestPublishingCallbackAnnotation(callback), ResourceAnnotationMutationBehavior.Replace);

    private static ResourceCommandState WhileRunning(UpdateCommandStateContext context)
        => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}

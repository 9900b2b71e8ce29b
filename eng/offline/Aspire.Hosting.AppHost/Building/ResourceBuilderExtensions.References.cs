using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private const string Parent = "Parent", Reference = "Reference", WaitingFor = "WaitFor";

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithConnectionString> source, string? connectionName = null, bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithReferenceRelationship(resource).WithEnvironment(c =>
        {
            c.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] = new ConnectionStringReference(resource, optional);
            var prefix = name.Length == 0 ? "" : $"{Encode(name).ToUpperInvariant()}_";
            foreach (var (key, value) in resource.GetConnectionProperties()) c.EnvironmentVariables[$"{prefix}{key.ToUpperInvariant()}"] = value;
        });
    }

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment => WithEndpoints(builder, source.Resource, source.Resource.Name, null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source, string name)
        where TDestination : IResourceWithEnvironment => WithEndpoints(builder, source.Resource, name, null);

    public static IResourceBuilder<TDestination> WithReference<TDestination>(this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment => WithEndpoints(builder, endpointReference.Resource, endpointReference.Resource.Name, endpointReference.EndpointName);

    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource => builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));

    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => builder.WithRelationship(resource, Reference);

    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> resourceBuilder)
        where T : IResource => builder.WithRelationship(resourceBuilder.Resource, Reference);

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource => builder.WithRelationship(parent, Parent);

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource => builder.WithRelationship(parent.Resource, Parent);

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => Wait(builder, dependency, new(dependency.Resource, WaitType.WaitUntilHealthy));

    public static IResourceBuilder<T> WaitFor<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitBehavior waitBehavior)
        where T : IResourceWithWaitSupport => Wait(builder, dependency, new(dependency.Resource, WaitType.WaitUntilHealthy) { WaitBehavior = waitBehavior });

    public static IResourceBuilder<T> WaitForStart<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency)
        where T : IResourceWithWaitSupport => Wait(builder, dependency, new(dependency.Resource, WaitType.WaitUntilStarted));

    public static IResourceBuilder<T> WaitForCompletion<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, int exitCode = 0)
        where T : IResourceWithWaitSupport => Wait(builder, dependency, new(dependency.Resource, WaitType.WaitForCompletion, exitCode));

    internal static string Encode(string name) => name.Length > 0 && char.IsAsciiDigit(name[0]) ? "_" + NotInNames().Replace(name, "_") : NotInNames().Replace(name, "_");

    /// <summary>A relationship to every resource the expression mentions.</summary>
    internal static IResourceBuilder<T> WithReferenceRelationships<T>(this IResourceBuilder<T> builder, IValueWithReferences value)
        where T : IResource
    {
        foreach (var reference in value.References)
        {
            if (reference is IResource resource) builder.WithReferenceRelationship(resource);
            else if (reference is IValueWithReferences nested) builder.WithReferenceRelationships(nested);
        }

        return builder;
    }

    private static IResourceBuilder<T> Wait<T>(IResourceBuilder<T> builder, IResourceBuilder<IResource> dependency, WaitAnnotation wait)
        where T : IResourceWithWaitSupport
    {
        if (ReferenceEquals(builder.Resource, dependency.Resource)) throw new DistributedApplicationException($"The '{builder.Resource.Name}' resource cannot wait for itself.");
        return builder.WithAnnotation(wait).WithRelationship(dependency.Resource, WaitingFor);
    }

    private static IResourceBuilder<T> WithEndpoints<T>(IResourceBuilder<T> builder, IResourceWithEndpoints source, string name, string? only)
        where T : IResourceWithEnvironment => builder.WithReferenceRelationship(source).WithEnvironment(c =>
        {
            foreach (var endpoint in source.Annotations.OfType<EndpointAnnotation>().Where(e => only is null ? !e.ExcludeReferenceEndpoint : e.Name == only))
            {
                var reference = new EndpointReference(source, endpoint);
                c.EnvironmentVariables[$"{Encode(name).ToUpperInvariant()}_{Encode(endpoint.Name).ToUpperInvariant()}"] = reference;
                var key = endpoint.Name is "http" or "https" ? endpoint.UriScheme : endpoint.Name;
                var index = 0;
                while (c.EnvironmentVariables.ContainsKey($"services__{name}__{key}__{index}")) index++;
                c.EnvironmentVariables[$"services__{name}__{key}__{index}"] = reference;
            }
        });

    [GeneratedRegex("[^A-Za-z0-9_]")]
    private static partial Regex NotInNames();
}

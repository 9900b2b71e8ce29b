using System.Collections.ObjectModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A part of the application: a process, a container, a parameter, a connection string.</summary>
public interface IResource
{
    string Name { get; }

    ResourceAnnotationCollection Annotations { get; }
}

public interface IResourceWithEnvironment : IResource;

public interface IResourceWithArgs : IResource;

public interface IResourceWithWaitSupport : IResource;

public interface IResourceWithEndpoints : IResource;

public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

public interface IResourceAnnotation;

public sealed class ResourceAnnotationCollection : Collection<IResourceAnnotation>;

public interface IResourceCollection : IList<IResource>;

/// <summary>How <see cref="IResourceBuilder{T}.WithAnnotation"/> treats annotations of the same type.</summary>
public enum ResourceAnnotationMutationBehavior
{
    Append,
    Replace,
}

public interface IResourceBuilder<out T>
    where T : IResource
{
    IDistributedApplicationBuilder ApplicationBuilder { get; }

    T Resource { get; }

    IResourceBuilder<T> WithAnnotation<TAnnotation>()
        where TAnnotation : IResourceAnnotation, new() => WithAnnotation(new TAnnotation());

    IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation, ResourceAnnotationMutationBehavior behavior = ResourceAnnotationMutationBehavior.Append)
        where TAnnotation : IResourceAnnotation;
}

public abstract class Resource : IResource
{
    protected Resource(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Length > 64 || !char.IsAsciiLetter(name[0]) || name.EndsWith('-') || name.Contains("--") || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new ArgumentException($"Resource name '{name}' is invalid. Names are 1 to 64 ASCII letters, digits and single hyphens, starting with a letter.", nameof(name));
        }

        Name = name;
    }

    public virtual string Name { get; }

    public virtual ResourceAnnotationCollection Annotations { get; } = [];
}

internal sealed class ResourceCollection : Collection<IResource>, IResourceCollection;

/// <summary>Every resource of the application, as events and publishers see it.</summary>
public class DistributedApplicationModel(IResourceCollection resources)
{
    public DistributedApplicationModel(IEnumerable<IResource> resources)
        : this(Copy(resources))
    {
    }

    public IResourceCollection Resources { get; } = resources;

    private static ResourceCollection Copy(IEnumerable<IResource> resources)
    {
        var copy = new ResourceCollection();
        foreach (var resource in resources) copy.Add(resource);
        return copy;
    }
}

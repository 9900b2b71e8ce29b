using System.Globalization;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public class ProjectResourceOptions
{
    public string? LaunchProfileName { get; set; }

    public bool ExcludeLaunchProfile { get; set; }
}

public static class ProjectResourceBuilderExtensions
{
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, _ => { });

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, string? launchProfileName)
        where TProject : IProjectMetadata, new() => builder.AddProject<TProject>(name, o => (o.ExcludeLaunchProfile, o.LaunchProfileName) = (launchProfileName is null, launchProfileName));

    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name, Action<ProjectResourceOptions> configure)
        where TProject : IProjectMetadata, new() => Add(builder, name, new TProject(), configure);

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath)
        => Add(builder, name, new ProjectMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), _ => { });

    public static IResourceBuilder<ProjectResource> AddProject(this IDistributedApplicationBuilder builder, string name, string projectPath, string? launchProfileName)
        => Add(builder, name, new ProjectMetadata(Path.GetFullPath(projectPath, builder.AppHostDirectory)), o => (o.ExcludeLaunchProfile, o.LaunchProfileName) = (launchProfileName is null, launchProfileName));

    private static IResourceBuilder<ProjectResource> Add(IDistributedApplicationBuilder builder, string name, IProjectMetadata project, Action<ProjectResourceOptions> configure)
    {
        var options = new ProjectResourceOptions();
        configure(options);
        var resource = builder.AddResource(new ProjectResource(name)).WithAnnotation(project);
        if (options.ExcludeLaunchProfile || LaunchProfile.Find(project.ProjectPath, options.LaunchProfileName, builder.Configuration) is not { } profile) return resource;

        resource.WithAnnotation(profile);
        if (builder.ExecutionContext.IsRunMode) AddProfileEndpoints(resource, profile);
        else if (profile.ApplicationUrls.Count > 0) AddPublishedEndpoints(resource);
        return resource;
    }

    /// <summary>One endpoint for each address of the profile; the second of a scheme is http2, and so on.</summary>
    private static void AddProfileEndpoints(IResourceBuilder<ProjectResource> resource, LaunchProfile profile)
    {
        foreach (var group in profile.ApplicationUrls.GroupBy(u => u.Scheme))
        {
            foreach (var (index, url) in group.Index())
            {
                var name = index == 0 ? url.Scheme : url.Scheme + (index + 1).ToString(CultureInfo.InvariantCulture);
                resource.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, url.Scheme, name: name, port: url.Port) { FromLaunchProfile = true, TargetHost = url.Host, TlsEnabled = url.Scheme == "https" });
            }
        }
    }

    /// <summary>A web project gets http and https, on ports that are the deployment tool's to choose.</summary>
    private static void AddPublishedEndpoints(IResourceBuilder<ProjectResource> resource)
    {
        resource.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, "http") { FromLaunchProfile = true });
        resource.WithAnnotation(new EndpointAnnotation(ProtocolType.Tcp, "https") { FromLaunchProfile = true, IsDefaultHttps = true, TlsEnabled = true });
    }

    private sealed record ProjectMetadata(string ProjectPath) : IProjectMetadata;
}

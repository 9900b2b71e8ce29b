using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Running;

/// <summary>Publishes what the dashboard shows of a resource.</summary>
internal sealed class SnapshotWriter(IDistributedApplicationBuilder application, ResourceNotificationService notifications, TimeProvider clock)
{
    public Task StateAsync(IResource resource, string id, string state, string? style = null, int? exitCode = null)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return notifications.PublishUpdateAsync(resource, id, s => KnownResourceStates.TerminalStates.Contains(state)
            ? s with
            {
                State = new(state, style),
                ExitCode = exitCode,
                StopTimeStamp = now,
                HealthReports = [],
                Ready = null,
                Urls = [.. s.Urls.Select(u => u with { IsInactive = true })],
                Properties = [.. s.Properties.Where(p => p.Name is not ("executable.pid" or "resource.exitCode")), .. ExitCode(exitCode)],
            }
            : s with { State = new(state, style), HealthReports = [], Ready = null, ExitCode = null });
    }

    public Task InitialAsync(IResource resource, string id)
    {
        var icon = resource.Annotations.OfType<ResourceIconAnnotation>().LastOrDefault();
        return notifications.PublishUpdateAsync(resource, id, s => s with
        {
            ResourceType = resource switch
            {
                ProjectResource => "Project",
                ContainerResource => "Container",
                ExecutableResource => "Executable",
                ParameterResource => "Parameter",
                _ => s.ResourceType,
            },
            State = resource.Annotations.OfType<ExplicitStartupAnnotation>().Any() ? KnownResourceStates.NotStarted : KnownResourceStates.Starting,
            Relationships = [.. resource.Annotations.OfType<ResourceRelationshipAnnotation>().Select(r => new RelationshipSnapshot(r.Resource.Name, r.Type)).Distinct()],
            IconName = icon?.IconName,
            IconVariant = icon?.IconVariant,
        });
    }

    public async Task RunningAsync(IResource resource, string id, LaunchPlan plan, int processId)
    {
        var urls = await UrlsAsync(resource).ConfigureAwait(false);
        var now = clock.GetUtcNow().UtcDateTime;
        ImmutableArray<ResourcePropertySnapshot> properties = [.. Source(resource, plan), new("executable.pid", processId)];
        await notifications.PublishUpdateAsync(resource, id, s => s with
        {
            State = new(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            StartTimeStamp = now,
            StopTimeStamp = null,
            ExitCode = null,
            Properties = properties,
            EnvironmentVariables = [.. plan.Environment.Select(v => new EnvironmentVariableSnapshot(v.Key, v.Value, true))],
            Urls = urls,
            HealthReports = HealthWatch.Pending(resource),
            Ready = null,
        }).ConfigureAwait(false);
    }

    public async Task<ImmutableArray<UrlSnapshot>> UrlsAsync(IResource resource)
    {
        var urls = new List<ResourceUrlAnnotation>();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.AllocatedEndpoint is not null))
        {
            urls.Add(new() { Url = endpoint.AllocatedEndpoint!.UriString, Endpoint = new((IResourceWithEndpoints)resource, endpoint) });
        }

        urls.AddRange(resource.Annotations.OfType<ResourceUrlAnnotation>());
        var context = new ResourceUrlsCallbackContext(application.ExecutionContext, resource, urls);
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()) await callback.Callback(context).ConfigureAwait(false);
        return [.. urls.Select(u => new UrlSnapshot(u.Endpoint?.EndpointName, Absolute(u), u.DisplayLocation == UrlDisplayLocation.DetailsOnly)
        {
            DisplayProperties = new(u.DisplayText ?? "", u.DisplayOrder ?? 0),
        })];
    }

    private static IEnumerable<ResourcePropertySnapshot> Source(IResource resource, LaunchPlan plan)
    {
        if (resource.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() is { } image) return [new("container.image", $"{image.Image}:{image.Tag} (as a process)")];
        return
        [
            .. resource.Annotations.OfType<IProjectMetadata>().Select(p => new ResourcePropertySnapshot("project.path", p.ProjectPath)),
            new("executable.path", plan.File),
            new("executable.workDir", plan.WorkingDirectory),
            new("executable.args", plan.Args.ToImmutableArray()),
        ];
    }

    private static string Absolute(ResourceUrlAnnotation url)
        => url.Endpoint is { IsAllocated: true } endpoint && url.Url.StartsWith('/') ? new Uri(new Uri(endpoint.Url), url.Url).ToString() : url.Url;

    private static ImmutableArray<ResourcePropertySnapshot> ExitCode(int? code) => code is { } value ? [new("resource.exitCode", value)] : [];
}

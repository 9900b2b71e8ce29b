using System.Text.Json;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

/// <summary>The manifest's entries: the resources in their order, then what those mention beyond the model.</summary>
internal sealed class ManifestWriter(ManifestPublishingContext context)
{
    private readonly Utf8JsonWriter _w = context.Writer;
    private int _nextPort = 8000;

    public async Task WriteAsync(DistributedApplicationModel model)
    {
        _w.WriteStartObject();
        _w.WriteStartObject("resources");
        foreach (var resource in model.Resources) await EntryAsync(resource).ConfigureAwait(false);
        foreach (var mentioned in context.Mentioned.Where(p => model.Resources.All(r => r.Name != p.Name)).ToArray()) await EntryAsync(mentioned).ConfigureAwait(false);
        foreach (var (parameter, format) in context.Formatted)
        {
            _w.WriteStartObject(ExpressionPart.FormattedName(parameter, format));
            _w.WriteString("type", "annotated.string");
            _w.WriteString("value", parameter.ValueExpression);
            _w.WriteString("filter", format);
            _w.WriteEndObject();
        }

        foreach (var conditional in context.Conditionals)
        {
            _w.WriteStartObject(conditional.Name!);
            _w.WriteString("type", "value.v0");
            _w.WriteString("connectionString", await conditional.GetValueAsync(context.CancellationToken).ConfigureAwait(false) ?? "");
            _w.WriteEndObject();
        }

        _w.WriteEndObject();
        _w.WriteEndObject();
    }

    private async Task EntryAsync(IResource resource)
    {
        var custom = resource.Annotations.OfType<ManifestPublishingCallbackAnnotation>().LastOrDefault();
        if (custom is { Callback: null }) return;
        _w.WriteStartObject(resource.Name);
        await (custom is { Callback: { } callback } ? callback(context) : resource switch
        {
            ContainerResource container => ContainerAsync(container),
            ProjectResource project => ProjectAsync(project),
            ExecutableResource executable => ExecutableAsync(executable),
            ParameterResource parameter => Parameter(parameter),
            IResourceWithConnectionString value => ConnectionStringAlone(value),
            _ => throw new NotSupportedException($"The resource '{resource.Name}' cannot be written to a manifest; exclude it or give it a callback."),
        }).ConfigureAwait(false);
        _w.WriteEndObject();
    }

    private async Task ProjectAsync(ProjectResource project)
    {
        _w.WriteString("type", "project.v0");
        _w.WriteString("path", context.GetManifestRelativePath(project.Annotations.OfType<IProjectMetadata>().Last().ProjectPath));
        await ArgsAsync(project).ConfigureAwait(false);
        await EnvironmentAsync(project).ConfigureAwait(false);
        Bindings(project);
    }

    private async Task ExecutableAsync(ExecutableResource executable)
    {
        _w.WriteString("type", "executable.v0");
        ConnectionString(executable);
        _w.WriteString("workingDirectory", context.GetManifestRelativePath(executable.WorkingDirectory));
        _w.WriteString("command", executable.Command);
        await ArgsAsync(executable).ConfigureAwait(false);
        await EnvironmentAsync(executable).ConfigureAwait(false);
        Bindings(executable);
    }

    private async Task ContainerAsync(ContainerResource container)
    {
        var image = container.Annotations.OfType<ContainerImageAnnotation>().LastOrDefault() ?? throw new DistributedApplicationException($"Could not get the container image name for resource '{container.Name}'.");
        _w.WriteString("type", "container.v0");
        ConnectionString(container);
        _w.WriteString("image", $"{(image.Registry is null ? "" : image.Registry + "/")}{image.Image}{(image.Tag is null ? "" : ":" + image.Tag)}");
        if (container.Entrypoint is { } entrypoint) _w.WriteString("entrypoint", entrypoint);
        await ArgsAsync(container).ConfigureAwait(false);
        Mounts(container, ContainerMountType.BindMount, "bindMounts", m => _w.WriteString("source", context.GetManifestRelativePath(m.Source)));
        Mounts(container, ContainerMountType.Volume, "volumes", m =>
        {
            if (m.Source is not null) _w.WriteString("name", m.Source);
        });
        await EnvironmentAsync(container).ConfigureAwait(false);
        Bindings(container);
    }

    private Task Parameter(ParameterResource parameter)
    {
        _w.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString) _w.WriteString("connectionString", parameter.ValueExpression);
        _w.WriteString("value", $"{{{parameter.Name}.inputs.value}}");
        _w.WriteStartObject("inputs");
        _w.WriteStartObject("value");
        _w.WriteString("type", "string");
        if (parameter.Secret) _w.WriteBoolean("secret", true);
        if (parameter.Default is { } otherwise)
        {
            _w.WriteStartObject("default");
            otherwise.WriteToManifest(context);
            _w.WriteEndObject();
        }

        _w.WriteEndObject();
        _w.WriteEndObject();
        return Task.CompletedTask;
    }

    private Task ConnectionStringAlone(IResourceWithConnectionString resource)
    {
        _w.WriteString("type", "value.v0");
        ConnectionString(resource);
        return Task.CompletedTask;
    }

    private void ConnectionString(IResource resource)
    {
        if (resource is not IResourceWithConnectionString { ConnectionStringExpression: { } expression }) return;
        context.TryAddDependentResources(expression);
        _w.WriteString("connectionString", expression.ValueExpression);
    }

    private async Task ArgsAsync(IResource resource)
    {
        var args = new CommandLineArgsCallbackContext([], resource, context.CancellationToken) { ExecutionContext = context.ExecutionContext };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await callback.Callback(args).ConfigureAwait(false);
        if (args.Args.Count == 0) return;
        _w.WriteStartArray("args");
        foreach (var arg in args.Args) _w.WriteStringValue(await TextAsync(arg).ConfigureAwait(false));
        _w.WriteEndArray();
    }

    private async Task EnvironmentAsync(IResource resource)
    {
        var environment = new EnvironmentCallbackContext(context.ExecutionContext, resource, cancellationToken: context.CancellationToken);
        if (resource is ProjectResource) ProjectDefaults(resource, environment.EnvironmentVariables);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(environment).ConfigureAwait(false);
        if (environment.EnvironmentVariables.Count == 0) return;
        _w.WriteStartObject("env");
        foreach (var (name, value) in environment.EnvironmentVariables) _w.WriteString(name, await TextAsync(value).ConfigureAwait(false));
        _w.WriteEndObject();
    }

    private static void ProjectDefaults(IResource resource, Dictionary<string, object> variables)
    {
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        if (endpoints.Length == 0) return;
        variables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        foreach (var scheme in new[] { "http", "https" })
        {
            var ports = endpoints.Where(e => e.UriScheme == scheme && !e.IsDefaultHttps).Select(e => $"{{{resource.Name}.bindings.{e.Name}.targetPort}}").ToArray();
            if (ports.Length > 0) variables[$"{scheme.ToUpperInvariant()}_PORTS"] = string.Join(';', ports);
        }
    }

    private async ValueTask<string?> TextAsync(object value)
    {
        context.TryAddDependentResources(value);
        return value is IManifestExpressionProvider expression ? expression.ValueExpression : await Running.LaunchPlanner.TextAsync(value, context.CancellationToken).ConfigureAwait(false);
    }

    private void Mounts(IResource resource, ContainerMountType type, string name, Action<ContainerMountAnnotation> writeSource)
    {
        var mounts = resource.Annotations.OfType<ContainerMountAnnotation>().Where(m => m.Type == type).ToArray();
        if (mounts.Length == 0) return;
        _w.WriteStartArray(name);
        foreach (var mount in mounts)
        {
            _w.WriteStartObject();
            writeSource(mount);
            _w.WriteString("target", mount.Target);
            _w.WriteBoolean("readOnly", mount.IsReadOnly);
            _w.WriteEndObject();
        }

        _w.WriteEndArray();
    }

    private void Bindings(IResource resource)
    {
        var endpoints = resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        if (endpoints.Length == 0) return;
        var defaults = new HashSet<string>();
        _w.WriteStartObject("bindings");
        foreach (var e in endpoints)
        {
            // The first http and https port of a project are the deployment tool's to choose.
            var target = e.TargetPort ?? (resource switch
            {
                ContainerResource => e.Port,
                ProjectResource when e.UriScheme is "http" or "https" && defaults.Add(e.UriScheme) => null,
                _ => _nextPort++,
            });
            var exposed = e.Port ?? (target is null && e.UriScheme is not ("http" or "https") ? _nextPort++ : null);
            _w.WriteStartObject(e.Name);
            _w.WriteString("scheme", e.UriScheme);
            _w.WriteString("protocol", e.Protocol.ToString().ToLowerInvariant());
            _w.WriteString("transport", e.Transport);
            if (exposed is { } port && port != target) _w.WriteNumber("port", port);
            if (target is { } targetPort) _w.WriteNumber("targetPort", targetPort);
            if (e.IsExternal) _w.WriteBoolean("external", true);
            _w.WriteEndObject();
        }

        _w.WriteEndObject();
    }
}

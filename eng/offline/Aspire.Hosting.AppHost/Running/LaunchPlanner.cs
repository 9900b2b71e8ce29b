using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Running;

/// <summary>What is started for a resource.</summary>
internal sealed record LaunchPlan(string File, IReadOnlyList<string> Args, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment);

/// <summary>Lets a container be run as a process of this machine.</summary>
internal sealed class LocalProcessAnnotation(string file, Func<CancellationToken, ValueTask<(IReadOnlyList<string> Args, IReadOnlyDictionary<string, string> Environment)>> prepare) : IResourceAnnotation
{
    public string File => file;

    public ValueTask<(IReadOnlyList<string> Args, IReadOnlyDictionary<string, string> Environment)> PrepareAsync(CancellationToken cancellationToken) => prepare(cancellationToken);
}

/// <summary>Resolves a resource's program, arguments and environment to plain text.</summary>
internal sealed class LaunchPlanner(IDistributedApplicationBuilder application, DashboardProcess dashboard, ResourceLoggerService logs)
{
    public async Task<LaunchPlan> PlanAsync(IResource resource, string instanceId, CancellationToken cancellationToken)
    {
        if (resource.Annotations.OfType<LocalProcessAnnotation>().LastOrDefault() is { } local)
        {
            var (localArgs, localEnvironment) = await local.PrepareAsync(cancellationToken).ConfigureAwait(false);
            return new(local.File, localArgs, application.AppHostDirectory, localEnvironment);
        }

        var variables = new Dictionary<string, object>();
        var (file, args, directory) = resource switch
        {
            ProjectResource project => Project(project, instanceId, variables),
            ExecutableResource executable => (executable.Command, [], executable.WorkingDirectory),
            _ => throw new DistributedApplicationException($"'{resource.Name}' is a container, and there is no container runtime in offline mode."),
        };
        var logger = logs.GetLogger(resource);
        var environmentContext = new EnvironmentCallbackContext(application.ExecutionContext, resource, variables, cancellationToken) { Logger = logger };
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await callback.Callback(environmentContext).ConfigureAwait(false);
        var argsContext = new CommandLineArgsCallbackContext(args, resource, cancellationToken) { ExecutionContext = application.ExecutionContext, Logger = logger };
        foreach (var callback in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>()) await callback.Callback(argsContext).ConfigureAwait(false);

        var environment = new Dictionary<string, string>();
        foreach (var (name, value) in variables)
        {
            if (await TextAsync(value, cancellationToken).ConfigureAwait(false) is { } text) environment[name] = text;
        }

        var texts = new List<string>();
        foreach (var arg in args)
        {
            if (await TextAsync(arg, cancellationToken).ConfigureAwait(false) is { } text) texts.Add(text);
        }

        return new(file, texts, directory, environment);
    }

    public static async ValueTask<string?> TextAsync(object value, CancellationToken cancellationToken) => value switch
    {
        string text => text,
        IValueProvider provider => await provider.GetValueAsync(cancellationToken).ConfigureAwait(false),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private (string File, List<object> Args, string Directory) Project(ProjectResource resource, string instanceId, Dictionary<string, object> variables)
    {
        var project = resource.Annotations.OfType<IProjectMetadata>().Last();
        var profile = resource.Annotations.OfType<LaunchProfile>().LastOrDefault();
        List<object> args = project is IOfflineProjectMetadata { TargetPath: var target } && System.IO.File.Exists(target)
            ? [target]
            : ["run", "--project", project.ProjectPath, "--no-launch-profile", "--"];
        if (profile?.CommandLineArgs is { } more) args.AddRange(more.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        foreach (var (name, value) in profile?.EnvironmentVariables ?? new Dictionary<string, string>()) variables[name] = Environment.ExpandEnvironmentVariables(value);
        if (profile is not null) variables["DOTNET_LAUNCH_PROFILE"] = profile.Name;
        AddTelemetry(resource, instanceId, variables);
        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        var urls = resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https").Select(e => $"{e.UriScheme}://{e.TargetHost}:{e.AllocatedEndpoint!.Port}").ToArray();
        if (urls.Length > 0) variables["ASPNETCORE_URLS"] = string.Join(';', urls);
        return (Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", args, Path.GetDirectoryName(project.ProjectPath)!);
    }

    private void AddTelemetry(ProjectResource resource, string instanceId, Dictionary<string, object> variables)
    {
        variables["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory";
        if (application.Environment.IsDevelopment())
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }

        if (dashboard.OtlpEndpoint is not { } endpoint) return;
        variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
        variables["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        if (dashboard.OtlpApiKey is { } key) variables["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={key}";
        variables["OTEL_SERVICE_NAME"] = resource.Name;
        variables["OTEL_RESOURCE_ATTRIBUTES"] = $"service.instance.id={instanceId[(resource.Name.Length + 1)..]}";
        if (!application.Environment.IsDevelopment()) return;
        // What happens is on the screen within a second.
        foreach (var interval in new[] { "OTEL_BLRP_SCHEDULE_DELAY", "OTEL_BSP_SCHEDULE_DELAY", "OTEL_METRIC_EXPORT_INTERVAL" }) variables[interval] = "1000";
        variables["OTEL_TRACES_SAMPLER"] = "always_on";
        variables["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based";
    }
}

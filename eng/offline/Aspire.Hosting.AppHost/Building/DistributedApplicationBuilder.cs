using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Publishing;
using Aspire.Hosting.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly Dictionary<string, string> Switches = new()
    {
        ["--operation"] = "AppHost:Operation",
        ["--publisher"] = "Publishing:Publisher",
        ["--output-path"] = "Pipeline:OutputPath",
    };

    private readonly HostApplicationBuilder _host;

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        var settings = new HostApplicationBuilderSettings { Args = options.Args, Configuration = new() };
        settings.Configuration.AddEnvironmentVariables("ASPIRE_");
        ApplicationObserver.Current?.Constructing(options, settings);
        AppHostAssembly = options.Assembly;
        settings.ApplicationName ??= AppHostAssembly?.GetName().Name;
        settings.ContentRootPath ??= options.ProjectDirectory;
        _host = new HostApplicationBuilder(settings);
        _host.Configuration.AddCommandLine(options.Args ?? [], Switches);
        AppHostDirectory = options.ProjectDirectory ?? _host.Environment.ContentRootPath;
        Secrets = UserSecrets.Of(AppHostAssembly);
        ExecutionContext = new(IsPublishing(_host.Configuration) ? DistributedApplicationOperation.Publish : DistributedApplicationOperation.Run, _host.Configuration["Publishing:Publisher"] ?? "manifest");
        _host.Configuration.AddInMemoryCollection([new("AppHost:Directory", AppHostDirectory), new("AppHost:Sha256", Identity(options))]);
        if (ExecutionContext.IsRunMode && !options.DisableDashboard) DashboardSettings.AddTokens(_host.Configuration, Secrets);
        AddServices(options);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    internal UserSecrets? Secrets { get; }

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.FirstOrDefault(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } existing)
        {
            throw new DistributedApplicationException($"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type '{existing.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        ApplicationObserver.Current?.Building(this);
        var application = new DistributedApplication(_host.Build(), ApplicationObserver.Current);
        ExecutionContext.ServiceProvider = application.Services;
        ApplicationObserver.Current?.Built(application);
        return application;
    }

    /// <summary>Tells this AppHost's volumes from another's: by its path here, by its name where it is published to.</summary>
    private string Identity(DistributedApplicationOptions options)
    {
        var name = options.Metadata("AppHostProjectName") ?? Environment.ApplicationName;
        var identity = ExecutionContext.IsPublishMode ? name : Path.GetFullPath(Path.Join(AppHostDirectory, name)).ToLowerInvariant();
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(identity)));
    }

    private static bool IsPublishing(ConfigurationManager configuration) => configuration["AppHost:Operation"]?.ToLowerInvariant() switch
    {
        null => configuration["Publishing:Publisher"] is not null,
        "publish" => true,
        "run" => false,
        _ => throw new DistributedApplicationException("Invalid operation specified. Valid operations are 'publish' or 'run'."),
    };

    private void AddServices(DistributedApplicationOptions options)
    {
        _host.Logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks.DefaultHealthCheckService", LogLevel.None);
        _host.Logging.AddConfiguration(_host.Configuration.GetSection("Logging"));
        Services.AddSingleton(options);
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton(_ => new DistributedApplicationModel(Resources));
        Services.AddSingleton(ExecutionContext);
        Services.AddSingleton(Eventing);
        Services.AddSingleton<IDistributedApplicationBuilder>(this);
        Services.AddSingleton<ResourceLoggerService>();
        Services.AddSingleton(s => new ResourceNotificationService(s.GetRequiredService<IHostApplicationLifetime>(), s, options));
        Services.AddSingleton(s => new ResourceCommandService(s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
        Services.AddHealthChecks();
        if (ExecutionContext.IsPublishMode)
        {
            Services.AddHostedService<ManifestPublisher>();
            return;
        }

        Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(30));
        Services.AddSingleton<DashboardSettings>();
        Services.AddSingleton<PortReservations>();
        Services.AddSingleton<ResourceServiceHost>();
        Services.AddSingleton<DashboardProcess>();
        Services.AddSingleton<LaunchPlanner>();
        Services.AddSingleton<HealthWatch>();
        Services.AddSingleton<ApplicationRunner>();
        Services.AddHostedService(s => s.GetRequiredService<ApplicationRunner>());
    }

    private sealed class ResourceBuilder<T>(IDistributedApplicationBuilder builder, T resource) : IResourceBuilder<T>
        where T : IResource
    {
        public IDistributedApplicationBuilder ApplicationBuilder => builder;

        public T Resource => resource;

        public IResourceBuilder<T> WithAnnotation<TAnnotation>(TAnnotation annotation, ResourceAnnotationMutationBehavior behavior)
            where TAnnotation : IResourceAnnotation
        {
            if (behavior == ResourceAnnotationMutationBehavior.Replace)
            {
                foreach (var old in resource.Annotations.OfType<TAnnotation>().ToArray()) resource.Annotations.Remove(old);
            }

            resource.Annotations.Add(annotation);
            return this;
        }
    }
}

using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>An AppHost's Main on a thread of its own, stopped at the points where the test decides.</summary>
internal sealed class EntryPointRun(Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configure) : ApplicationObserver
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly TaskCompletionSource<IDistributedApplicationBuilder> _builder = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _application = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _mayBuild = new();

    public Task<IDistributedApplicationBuilder> Builder => _builder.Task;

    public Task<DistributedApplication> Application => _application.Task;

    public void Begin()
    {
        var main = assembly.EntryPoint ?? throw new InvalidOperationException($"Assembly {assembly.GetName().Name} does not have an entry point.");
        new Thread(() => Run(main)) { IsBackground = true, Name = "AppHost entry point" }.Start();
    }

    public void AllowBuild() => _mayBuild.Set();

    public void Abandon()
    {
        _builder.TrySetCanceled();
        _application.TrySetCanceled();
        _mayBuild.Set();
    }

    public override void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        // Without a dashboard and on free ports, so that tests run beside each other and beside the platform itself.
        options.Args = settings.Args ??= args;
        options.AssemblyName = settings.ApplicationName = assembly.GetName().Name;
        options.DisableDashboard = true;
        options.EnableResourceLogging = true;
        var defaults = new Dictionary<string, string?> { ["DcpPublisher:RandomizePorts"] = "true", ["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true" };
        configure(options, settings);
        if (options.ProjectDirectory is { } folder && LaunchProfile.Find(Path.Combine(folder, "AppHost.csproj"), null, settings.Configuration ??= new()) is { } profile)
        {
            defaults["DOTNET_LAUNCH_PROFILE"] = profile.Name;
            foreach (var (name, value) in profile.EnvironmentVariables)
            {
                defaults[name] = value;
                if (name.StartsWith("DOTNET_", StringComparison.OrdinalIgnoreCase)) defaults[name["DOTNET_".Length..]] = value;
            }
        }

        var given = new ConfigurationManager();
        given.AddCommandLine(settings.Args);
        if (settings.Configuration is { } configured) given.AddConfiguration(configured);
        (settings.Configuration ??= new()).AddInMemoryCollection(defaults.Where(d => given[d.Key] is null));
    }

    public override void Building(IDistributedApplicationBuilder builder)
    {
        _builder.TrySetResult(builder);
        if (!_mayBuild.Wait(Limit)) throw new TimeoutException("The test did not build the application.");
        if (_builder.Task.IsCanceled || _application.Task.IsCanceled) throw new OperationCanceledException("The test disposed of the builder.");
    }

    public override void Built(DistributedApplication application) => _application.TrySetResult(application);

    /// <summary>The test starts the application; the entry point returns from its own start when that has happened.</summary>
    public override Task StartAsync(DistributedApplication application, CancellationToken cancellationToken)
        => Reached(application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted, cancellationToken);

    public override Task RunAsync(DistributedApplication application, CancellationToken cancellationToken)
        => Reached(application.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopped, cancellationToken);

    private static Task Reached(CancellationToken point, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        point.Register(() => reached.TrySetResult());
        return reached.Task.WaitAsync(cancellationToken);
    }

    private void Run(MethodInfo main)
    {
        Current = this;
        try
        {
            var result = main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
            if (result is Task task) task.GetAwaiter().GetResult();
            Fail(new InvalidOperationException("The entry point returned without building an application."));
        }
        catch (TargetInvocationException e)
        {
            Fail(e.InnerException!);
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Fail(Exception exception)
    {
        _builder.TrySetException(exception);
        _application.TrySetException(exception);
        _ = _builder.Task.Exception;
        _ = _application.Task.Exception;
    }
}

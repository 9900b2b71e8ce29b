using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Lets a test take hold of the application that an AppHost's entry point builds. Set for the thread that runs the entry point.</summary>
internal abstract class ApplicationObserver
{
    private static readonly AsyncLocal<ApplicationObserver?> Slot = new();

    public static ApplicationObserver? Current
    {
        get => Slot.Value;
        set => Slot.Value = value;
    }

    public abstract void Constructing(DistributedApplicationOptions options, HostApplicationBuilderSettings settings);

    public abstract void Building(IDistributedApplicationBuilder builder);

    public abstract void Built(DistributedApplication application);

    public abstract Task StartAsync(DistributedApplication application, CancellationToken cancellationToken);

    public abstract Task RunAsync(DistributedApplication application, CancellationToken cancellationToken);
}

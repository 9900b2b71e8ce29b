using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Eventing;

public interface IDistributedApplicationEvent;

public interface IDistributedApplicationResourceEvent : IDistributedApplicationEvent
{
    IResource Resource { get; }
}

public class DistributedApplicationEventSubscription(Func<IDistributedApplicationEvent, CancellationToken, Task> callback)
{
    public Func<IDistributedApplicationEvent, CancellationToken, Task> Callback { get; } = callback;
}

public sealed class DistributedApplicationResourceEventSubscription(IResource? resource, Func<IDistributedApplicationResourceEvent, CancellationToken, Task> callback)
    : DistributedApplicationEventSubscription((e, ct) => callback((IDistributedApplicationResourceEvent)e, ct))
{
    public IResource? Resource { get; } = resource;
}

public interface IDistributedApplicationEventing
{
    DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent;

    DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent;

    void Unsubscribe(DistributedApplicationEventSubscription subscription);

    Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent;
}

/// <summary>Calls the handlers of an event one after another, in the order they subscribed; the first that throws ends it.</summary>
internal sealed class DistributedApplicationEventing : IDistributedApplicationEventing
{
    private readonly Lock _gate = new();
    private readonly List<(Type Type, DistributedApplicationEventSubscription Subscription)> _subscriptions = [];

    public DistributedApplicationEventSubscription Subscribe<T>(Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationEvent => Add(typeof(T), new((e, ct) => callback((T)e, ct)));

    public DistributedApplicationEventSubscription Subscribe<T>(IResource resource, Func<T, CancellationToken, Task> callback)
        where T : IDistributedApplicationResourceEvent
        => Add(typeof(T), new DistributedApplicationResourceEventSubscription(resource, (e, ct) => e.Resource == resource ? callback((T)e, ct) : Task.CompletedTask));

    public void Unsubscribe(DistributedApplicationEventSubscription subscription)
    {
        lock (_gate) _subscriptions.RemoveAll(s => s.Subscription == subscription);
    }

    public async Task PublishAsync<T>(T @event, CancellationToken cancellationToken = default)
        where T : IDistributedApplicationEvent
    {
        DistributedApplicationEventSubscription[] handlers;
        lock (_gate) handlers = [.. _subscriptions.Where(s => s.Type == typeof(T)).Select(s => s.Subscription)];
        foreach (var handler in handlers) await handler.Callback(@event, cancellationToken).ConfigureAwait(false);
    }

    private DistributedApplicationEventSubscription Add(Type type, DistributedApplicationEventSubscription subscription)
    {
        lock (_gate) _subscriptions.Add((type, subscription));
        return subscription;
    }
}

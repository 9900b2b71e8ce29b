namespace Benchmarks.Autoscaling;

/// <summary>A discrete-event simulation, in virtual time, of a gateway before replicas that a scaler adds and removes. One seed gives one course.</summary>
internal sealed class Simulation(ReplicaProfile profile, IReplicaScaler scaler, TrafficTrace traffic, SimulationOptions options)
{
    private const int KeptScrapes = 8;

    // Arrivals do not depend on what the replicas do: every rule sees the same ones.
    private readonly Random _arrivals = new(options.Seed), _services = new(options.Seed + 1), _choices = new(options.Seed + 2);
    private readonly PriorityQueue<Event, double> _events = new();
    private readonly List<SimulatedReplica> _replicas = [];
    private readonly LatencyHistogram _latencies = new();
    private double _now, _waits, _replicaSeconds;
    private long _requests, _answered, _refused, _cut, _late, _begun;
    private int _created, _most, _changes, _arrived, _arrivedBeforeScrape;

    private enum EventKind
    {
        Finish,
        Ready,
        DrainEnd,
        Scrape,
        Sync,
    }

    public SimulationResult Run()
    {
        // 1. The first replicas are there and ready.
        for (var i = 0; i < scaler.Initial; i++) Create().IsReady = true;
        _most = _replicas.Count;
        Schedule(options.ScrapeInterval, new(EventKind.Scrape));
        // Decisions and scrapes are not in step: half an interval lies between them.
        Schedule(options.SyncInterval + (options.ScrapeInterval / 2), new(EventKind.Sync));

        // 2. Requests come, and between them what follows from the ones before.
        foreach (var arrival in traffic.Arrivals(_arrivals))
        {
            AdvanceTo(arrival);
            _now = arrival;
            Arrive();
        }

        // 3. What is under way ends; time that is paid for ends with the traffic.
        AdvanceTo(traffic.Duration);
        _now = traffic.Duration;
        foreach (var replica in _replicas) _replicaSeconds += _now - replica.CreatedAt;
        FinishAll();
        return new(_requests, _answered, _refused, _cut, _late, _waits / Math.Max(1, _begun), _latencies.Quantile(0.5), _latencies.Quantile(0.99), _replicaSeconds / 3600, _most, _changes);
    }

    private bool IsCounted(double arrival) => arrival >= options.WarmUp;

    private void Schedule(double at, Event what) => _events.Enqueue(what, at);

    private void AdvanceTo(double time)
    {
        while (_events.TryPeek(out var next, out var at) && at <= time)
        {
            _events.Dequeue();
            _now = at;
            Happen(next);
        }
    }

    private void FinishAll()
    {
        while (_events.TryDequeue(out var next, out var at))
        {
            _now = at;
            if (next.Kind == EventKind.Finish) Happen(next);
        }
    }

    private void Happen(Event what)
    {
        switch (what)
        {
            case { Kind: EventKind.Finish, Replica: { IsGone: false } replica }:
                Answer(what.Arrival);
                if (replica.Finish(_now) is { } waiting) Begin(replica, waiting);
                if (replica is { IsDraining: true, InFlight: 0 }) Remove(replica);
                break;
            case { Kind: EventKind.Ready, Replica: { } replica }:
                replica.IsReady = true;
                break;
            case { Kind: EventKind.DrainEnd, Replica: { IsGone: false } replica }:
                _cut += replica.InFlight;
                Remove(replica);
                break;
            case { Kind: EventKind.Scrape }:
                foreach (var replica in _replicas.Where(r => r.IsReady)) replica.Scrape(_now, KeptScrapes);
                (_arrivedBeforeScrape, _arrived) = (_arrived, 0);
                if (_now < traffic.Duration) Schedule(_now + options.ScrapeInterval, what);
                break;
            case { Kind: EventKind.Sync }:
                ScaleTo();
                if (_now < traffic.Duration) Schedule(_now + options.SyncInterval, what);
                break;
        }
    }

    private void Arrive()
    {
        _arrived++;
        if (IsCounted(_now)) _requests++;
        if (Choose() is not { } replica)
        {
            if (IsCounted(_now)) _refused++;
        }
        else if (replica.Take(_now))
        {
            Begin(replica, _now);
        }
    }

    /// <summary>The gateway's choice: the less busy of two drawn at random; if that one is full the other one.</summary>
    private SimulatedReplica? Choose()
    {
        var ready = 0;
        foreach (var replica in _replicas) ready += IsAsked(replica) ? 1 : 0;
        if (ready == 0) return null;
        var (first, second) = (Nth(_choices.Next(ready)), ready == 1 ? null : Nth(_choices.Next(ready)));
        if (second is not null && second.InFlight < first.InFlight) (first, second) = (second, first);
        return !first.IsFull ? first : second is { IsFull: false } ? second : null;

        static bool IsAsked(SimulatedReplica replica) => replica is { IsReady: true, IsDraining: false };

        SimulatedReplica Nth(int n)
        {
            foreach (var replica in _replicas)
            {
                if (IsAsked(replica) && n-- == 0) return replica;
            }

            throw new InvalidOperationException("There are fewer replicas than were counted.");
        }
    }

    private void Begin(SimulatedReplica replica, double arrival)
    {
        if (IsCounted(arrival))
        {
            _waits += _now - arrival;
            _begun++;
        }

        Schedule(_now + profile.ServiceTime(_services), new(EventKind.Finish, replica, arrival));
    }

    private void Answer(double arrival)
    {
        if (!IsCounted(arrival)) return;
        _answered++;
        _latencies.Add(_now - arrival);
        if (_now - arrival > options.LateAfter) _late++;
    }

    private SimulatedReplica Create()
    {
        var replica = new SimulatedReplica(profile, _created++, _now);
        _replicas.Add(replica);
        return replica;
    }

    private void ScaleTo()
    {
        SimulatedReplica[] staying = [.. _replicas.Where(r => !r.IsDraining)];
        var wanted = scaler.Decide(_now, new(staying, _arrivedBeforeScrape));
        if (wanted != staying.Length) _changes++;
        for (var i = staying.Length; i < wanted; i++) Schedule(_now + profile.StartTime, new(EventKind.Ready, Create()));
        _most = Math.Max(_most, wanted);
        // As a ReplicaSet does: first those that are not ready, then the youngest.
        foreach (var replica in staying.OrderBy(r => r.IsReady).ThenByDescending(r => r.Number).Take(staying.Length - wanted)) Drain(replica);
    }

    private void Drain(SimulatedReplica replica)
    {
        replica.IsDraining = true;
        if (replica.InFlight == 0) Remove(replica);
        else Schedule(_now + profile.DrainTime, new(EventKind.DrainEnd, replica));
    }

    private void Remove(SimulatedReplica replica)
    {
        replica.IsGone = true;
        _replicas.Remove(replica);
        _replicaSeconds += _now - replica.CreatedAt;
    }

    private readonly record struct Event(EventKind Kind, SimulatedReplica? Replica = null, double Arrival = 0);
}

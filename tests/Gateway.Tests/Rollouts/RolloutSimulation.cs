using System.Diagnostics.Metrics;
using Gateway.Rollouts;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Rollouts;

/// <summary>Model servers and gateways that hear of each other late or not at all, in one thread and by one seed. Version 3 fails half of its requests,
/// version 4 does not load.</summary>
internal sealed class RolloutSimulation(int seed)
{
    private static readonly string[] Versions = ["1", "2", "3", "4"];
    private readonly Random _random = new(seed);
    private readonly MemoryRollouts _store = new();
    private readonly SimulatedServer[] _servers = [new("modelserver-1"), new("modelserver-2"), new("modelserver-3")];
    private readonly SimulatedGateway[] _gateways = [new(), new()];
    private DateTimeOffset _now = Told.Now;
    private int _checked;

    public List<string> Faults { get; } = [];

    public Rollout? Document => _store.Of(Told.Model);

    public int Changes => _store.Written.Count;

    /// <summary>What each server answers by the bare name.</summary>
    public string?[] Answers => [.. _servers.Select(s => s.Answer("anybody"))];

    public void Step()
    {
        if (_store.IsAway && _random.Next(30) == 0) _store.IsAway = false;
        var (server, gateway) = (_servers[_random.Next(_servers.Length)], _gateways[_random.Next(_gateways.Length)]);
        switch (_random.Next(100))
        {
            case < 25: Hear(server); break;
            case < 40: server.Work(); break;
            case < 60: gateway.Reports[server.Name] = server.IsUp ? server.Report() : null; break;
            case < 75: Plan(gateway); break;
            case < 82: Hear(gateway); break;
            case < 88: Command(gateway); break;
            case < 90: server.Kill(); break;
            case < 93: server.Start(); break;
            case < 94: _gateways[_random.Next(_gateways.Length)] = new(); break;
            case < 95: _store.IsAway = true; break;
            case < 96: _store.LosesNextAnswer = true; break;
            case 96 when _random.Next(20) == 0: _store.Lose(); break;
            case 97: _now += TimeSpan.FromMinutes(_random.Next(12)); break;
            default: _now += TimeSpan.FromSeconds(1); break;
        }
    }

    /// <summary>Brings everything back and lets it run until nothing changes any more.</summary>
    public void Settle()
    {
        (_store.IsAway, _store.LosesNextAnswer) = (false, false);
        foreach (var server in _servers) server.Start();
        for (var round = 0; round < 60; round++)
        {
            foreach (var server in _servers) Hear(server);
            foreach (var server in _servers) server.Work();
            foreach (var gateway in _gateways)
            {
                Hear(gateway);
                foreach (var server in _servers) gateway.Reports[server.Name] = server.Report();
                Plan(gateway);
            }

            // The longest patience and probation pass.
            _now += TimeSpan.FromMinutes(1);
        }
    }

    /// <summary>Whether any gateway would still do something.</summary>
    public bool IsAtRest => _gateways.All(g => RolloutPlanner.Next(g.Board.Of(Told.Model), g.Seen(), _now, Told.Policy) is null);

    private void Hear(SimulatedServer server)
    {
        if (server.IsUp && !_store.IsAway) Exchange(server.Board);
        server.Obey();
    }

    private void Hear(SimulatedGateway gateway)
    {
        if (!_store.IsAway) Exchange(gateway.Board);
    }

    /// <summary>What the feed does: takes in what is newer, and gives back what the store has lost.</summary>
    private void Exchange(RolloutBoard board)
    {
        if (board.Of(Told.Model) is { } known) _store.RestoreAsync(known, default).GetAwaiter().GetResult();
        if (_store.Of(Told.Model) is { } stored) board.Hear(stored);
    }

    private void Plan(SimulatedGateway gateway)
    {
        if (RolloutPlanner.Next(gateway.Board.Of(Told.Model), gateway.Seen(), _now, Told.Policy) is not { } next) return;
        Commit(gateway, () => gateway.Writer(_store).SwapAsync(next, default).GetAwaiter().GetResult());
    }

    private void Command(SimulatedGateway gateway)
    {
        var (version, reports) = (Versions[_random.Next(Versions.Length)], gateway.Seen());
        var context = new CommandContext(reports, _now, "operator", Told.Policy);
        Func<Rollout?, CommandOutcome> command = _random.Next(6) switch
        {
            0 => r => RolloutCommands.Load(r, version, context),
            1 => r => RolloutCommands.Activate(r, version, context),
            2 => r => RolloutCommands.Canary(r, version, 50, context),
            3 => r => RolloutCommands.Shadow(r, version, context),
            4 => r => RolloutCommands.Unload(r, version, force: false, context),
            _ => r => RolloutCommands.Rollback(r, context),
        };
        if (reports.Has(version)) Commit(gateway, () => gateway.Writer(_store).ChangeAsync(Told.Model, command, default).GetAwaiter().GetResult());
    }

    private void Commit(SimulatedGateway gateway, Action write)
    {
        var (before, seen) = (_store.Of(Told.Model), gateway.Seen());
        write();
        for (; _checked < _store.Written.Count; _checked++) Check(before, _store.Written[_checked], seen);
    }

    /// <summary>A version comes before callers only when every server that was seen had it ready, or to replace a worse one; and never none.</summary>
    private void Check(Rollout? before, Rollout after, ModelReports seen)
    {
        if (before?.Active is not null && after.Active is null) Faults.Add($"{Told.Text(before)} became {Told.Text(after)}");
        var isRollback = after.History.FirstOrDefault()?.Action is "rollback" or "automatic_rollback";
        foreach (var (version, _) in after.Shares())
        {
            if (isRollback || before is null || before.Shares().Any(s => s.Version == version) || seen.IsReadyOnAll(null, version)) continue;
            Faults.Add($"{Told.Text(before)} became {Told.Text(after)} while {string.Join(" | ", seen.Replicas.Select(r => r.StateOf(version)))}");
        }
    }
}

/// <summary>A gateway: what it knows of the document, and what it last saw of each server.</summary>
internal sealed class SimulatedGateway
{
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private RolloutWriter? _writer;

    public RolloutBoard Board { get; } = new();

    public Dictionary<string, ReplicaVersion[]?> Reports { get; } = [];

    public RolloutWriter Writer(IRolloutStore store) => _writer ??= new(Board, new(Meters, Board), store);

    public ModelReports Seen() => ModelReports.Of(Reports.Select(r => (r.Key, (ReplicaVersion?[]?)r.Value))).GetValueOrDefault(Told.Model) ?? ModelReports.None(Told.Model);
}

/// <summary>A model server that obeys the document it knows.</summary>
internal sealed class SimulatedServer(string name)
{
    private static readonly string[] Folders = ["1", "2", "3", "4"];
    private Dictionary<string, (string State, long Order)> _versions = [];

    public string Name => name;

    public bool IsUp { get; private set; }

    public RolloutBoard Board { get; private set; } = new();

    public void Kill() => IsUp = false;

    public void Start()
    {
        if (IsUp) return;
        (IsUp, Board) = (true, new());
        _versions = Folders.ToDictionary(v => v, _ => ("unloaded", 0L));
    }

    /// <summary>Follows every wish that it has not followed yet; without one, loads what it found unless somebody chose.</summary>
    public void Obey()
    {
        if (!IsUp) return;
        var rollout = Board.Of(Told.Model);
        foreach (var version in Folders)
        {
            var (state, order) = _versions[version];
            var wish = rollout?[version];
            var isNew = wish?.Order > order;
            var isWanted = wish?.IsLoaded ?? (rollout is not { IsChosen: true } || rollout.Active == version);
            _versions[version] = (isWanted, state) switch
            {
                (true, "unloaded") => ("loading", wish?.Order ?? 0),
                (true, "error") when isNew => ("loading", wish!.Order),
                (true, _) => (state, Math.Max(order, wish?.Order ?? 0)),
                (false, "ready" or "loading" or "error") => ("unloaded", wish?.Order ?? order),
                _ => (state, Math.Max(order, wish?.Order ?? 0)),
            };
        }
    }

    /// <summary>Gets done with what it loads.</summary>
    public void Work()
    {
        if (!IsUp) return;
        foreach (var version in Folders.Where(v => _versions[v].State == "loading")) _versions[version] = (version == "4" ? "error" : "ready", _versions[version].Order);
    }

    /// <summary>Which version answers the bare name; null for none.</summary>
    public string? Answer(string subject)
    {
        if (!IsUp) return null;
        var version = Board.Of(Told.Model) is { } rollout ? RolloutChoice.VersionFor(rollout, subject) : Folders.LastOrDefault(v => _versions[v].State == "ready");
        return version is not null && _versions[version].State == "ready" ? version : null;
    }

    public ReplicaVersion[] Report() => [.. _versions.Select(v => new ReplicaVersion(Told.Model, v.Key, v.Value.State, null, null, v.Value.Order, null, true, 0, CountsOf(v.Key)))];

    private VersionCounts? CountsOf(string version)
        => Board.Of(Told.Model)?.Trial is { Stage: not TrialStage.Loading } trial && trial.Version == version ? Told.Counts(trial.Id, 60, version == "3" ? 30 : 0) : null;
}

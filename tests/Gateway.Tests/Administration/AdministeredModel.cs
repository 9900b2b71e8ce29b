using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Tests.Hosting;
using Gateway.Tests.Rollouts;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.Administration;

/// <summary>A gateway that keeps rollouts, in front of model servers with the versions 1 (ready), 2 (unloaded) and 3 (which does not fit) of one model.</summary>
internal sealed class AdministeredModel : IAsyncDisposable
{
    public const string Name = "sentiment";
    private readonly Dictionary<string, ReplicaVersion>[] _versions;

    private AdministeredModel(GatewayHost gateway, MemoryRollouts store)
    {
        (Gateway, Store) = (gateway, store);
        Admin = gateway.CreateClient(TestTokens.Create("admin infer", subject: "operator"));
        _versions = [.. gateway.Replicas.Select(_ => new Dictionary<string, ReplicaVersion> { ["1"] = Version("1", "ready"), ["2"] = Version("2", "unloaded"), ["3"] = Version("3", "unloaded") with { Fits = false, MemoryBytes = 8_250_000_000 } })];
    }

    public GatewayHost Gateway { get; }

    public MemoryRollouts Store { get; }

    public HttpClient Admin { get; }

    public RolloutBoard Board => Gateway.Services.GetRequiredService<RolloutBoard>();

    /// <param name="hasStore">Whether rollouts are kept anywhere.</param>
    public static async Task<AdministeredModel> StartAsync(int replicas = 2, bool hasStore = true, CapturedLog? log = null, params (string Key, string Value)[] settings)
    {
        var store = new MemoryRollouts();
        var gateway = await GatewayHost.StartAsync(replicas, log: log, services: hasStore ? services => services.AddSingleton<IRolloutStore>(store) : null, settings: settings);
        var model = new AdministeredModel(gateway, store);
        model.Tell();
        model.Board.MarkHeard();
        await gateway.WaitUntilAsync(() => gateway.Pool.All.All(r => r.Health.Versions is not null));
        if (hasStore) await Eventually.HoldsAsync(() => model.Board.Of(Name)?.Active == "1");
        return model;
    }

    /// <summary>Changes what all model servers, or one of them, report of a version.</summary>
    public async Task ReportAsync(string version, Func<ReplicaVersion, ReplicaVersion> change, int? replica = null)
    {
        foreach (var (i, versions) in _versions.Index().Where(v => replica is null || v.Index == replica)) versions[version] = change(versions[version]);
        Tell();
        await Eventually.HoldsAsync(() => Gateway.Pool.All.Select((r, i) => r.Health.Versions?.Any(v => Same(v, _versions[i][version])) == true).All(same => same));
    }

    public async Task<(int Status, JsonElement Body)> PostAsync(string action, object? body = null)
    {
        using var response = await Admin.PostAsync($"/admin/models/{Name}/{action}", body is null ? null : JsonContent.Create(body));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    public Task<JsonElement> CardAsync() => Admin.GetFromJsonAsync<JsonElement>($"/admin/models/{Name}");

    public async ValueTask DisposeAsync()
    {
        Admin.Dispose();
        await Gateway.DisposeAsync();
    }

    public static ReplicaVersion Version(string version, string state) => new(Name, version, state, null, "text-classification", 0, 41_000_000, true, 0, null);

    private static bool Same(ReplicaVersion? told, ReplicaVersion meant)
        => told is not null && (told.Version, told.State, told.Order, told.Fits, told.Counts?.Requests) == (meant.Version, meant.State, meant.Order, meant.Fits, meant.Counts?.Requests);

    private void Tell()
    {
        foreach (var (i, versions) in _versions.Index())
        {
            Gateway.Replicas[i].Health = JsonSerializer.Serialize(new
            {
                status = "healthy",
                model_loaded = true,
                models = new { data = TestModels.Of([.. versions.Values.Select(v => ($"{Name}:{v.Version}", v.State!))]), default_tasks = Array.Empty<string>() },
                versions = versions.Values,
            }, TestModels.Json);
        }
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AppHost.Tests.Platform;
using Testing;

namespace AppHost.Tests.Rollouts;

/// <summary>Three model servers, two gateways and what they share, each a process that a test may end and start again. They serve versions of one model,
/// <c>m</c>, which is the shipped sentiment model unless a test changes it.</summary>
internal sealed class RolloutCluster : IAsyncDisposable
{
    public const string Model = "m";

    private readonly TemporaryFolder _models = new(), _rollouts = new();
    private readonly IRedisServer? _redis;

    private RolloutCluster(IRedisServer? redis, IReadOnlyDictionary<string, string> settings)
    {
        _redis = redis;
        Dictionary<string, string> common = new(settings) { ["Rollouts__PollInterval"] = "00:00:00.500", ["Models__WatchInterval"] = "00:00:00.500" };
        if (redis is null) common["Rollouts__Folder"] = _rollouts.Path;
        else common["ConnectionStrings__cache"] = redis.ConnectionString + ",abortConnect=false";
        Servers = [.. Enumerable.Range(0, 3).Select(_ => new ServiceProcess("ModelServer", new Dictionary<string, string>(common)
        {
            ["Models__Folder"] = _models.Path, ["Inference__Device"] = "cpu", ["Inference__Cores"] = "1",
        }))];
        Dictionary<string, string> gateway = new(common) { ["RateLimiting__Tiers__load__Unlimited"] = "true", ["Replicas__ProbeInterval"] = "00:00:00.500" };
        for (var i = 0; i < Servers.Length; i++) gateway[$"services__modelserver-{i + 1}__http__0"] = Servers[i].Address.ToString();
        Gateways = [new("Gateway", gateway), new("Gateway", gateway)];
    }

    public ServiceProcess[] Servers { get; }

    public ServiceProcess[] Gateways { get; }

    public IRedisServer Redis => _redis!;

    public IEnumerable<ServiceProcess> Services => [.. Servers, .. Gateways];

    /// <param name="redis">Null for a folder in its place.</param>
    /// <param name="prepare">Makes the versions that are there at the start; version 1 is there already.</param>
    public static async Task<RolloutCluster> StartAsync(IRedisServer? redis, Action<RolloutCluster>? prepare = null, IReadOnlyDictionary<string, string>? settings = null)
    {
        var cluster = new RolloutCluster(redis, settings ?? new Dictionary<string, string>());
        cluster.AddVersion("1");
        prepare?.Invoke(cluster);
        foreach (var service in cluster.Services) service.Start();
        await cluster.ReadyAsync();
        // A document is there once every server has loaded what it found.
        await Eventually.HoldsAsync(async () => (await cluster.CardAsync()).GetProperty("revision").GetInt64() > 0);
        return cluster;
    }

    public async Task ReadyAsync()
    {
        foreach (var service in Services) await service.ReadyAsync();
    }

    /// <summary>Puts a version into the folder in one step, as a copy of the shipped model in 8 bits.</summary>
    /// <param name="change">Changes the copy before the servers see it.</param>
    public void AddVersion(string version, Action<string>? change = null)
    {
        var copy = Path.Combine(_rollouts.Path, "copy-" + version);
        Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, "sentiment", "1"))) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        File.WriteAllText(Path.Combine(copy, "serving.json"), """{ "variant": "int8" }""");
        change?.Invoke(copy);
        Directory.CreateDirectory(Path.Combine(_models.Path, Model));
        Directory.Move(copy, Path.Combine(_models.Path, Model, version));
    }

    public HttpClient Client(int gateway, string subject, string scope = "infer")
    {
        var client = new HttpClient { BaseAddress = Gateways[gateway].Address, Timeout = TimeSpan.FromSeconds(60) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", RunningPlatform.CreateToken(scope, tier: "load", subject: subject));
        return client;
    }

    /// <summary>Posts to <c>/admin/models/m/…</c> of a gateway.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object? body = null, int gateway = 0)
    {
        using var admin = Client(gateway, "operator", "admin");
        using var response = body is null ? await admin.PostAsync($"/admin/models/{Model}/{path}", null) : await admin.PostAsJsonAsync($"/admin/models/{Model}/{path}", body);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>Posts what must be accepted, and waits until the card is as it is to become.</summary>
    public async Task<JsonElement> DoAsync(string path, object? body, Func<JsonElement, bool> becomes, int gateway = 0)
    {
        var (status, answer) = await PostAsync(path, body, gateway);
        Assert.True(status is HttpStatusCode.OK or HttpStatusCode.Accepted, $"{path}: {status} {answer}");
        return await UntilAsync(becomes, gateway, path);
    }

    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> becomes, int gateway = 0, string? what = null)
    {
        JsonElement card = default;
        await Eventually.HoldsAsync(async () => becomes(card = await CardAsync(gateway)), () => $"{what}: {card}");
        return card;
    }

    public async Task<JsonElement> CardAsync(int gateway = 0)
    {
        using var admin = Client(gateway, "operator", "admin");
        return await admin.GetFromJsonAsync<JsonElement>($"/admin/models/{Model}") is { ValueKind: JsonValueKind.Object } card ? card : throw new InvalidOperationException("No card.");
    }

    public static string? Active(JsonElement card) => card.GetProperty("active_version").GetString();

    public static string? Stage(JsonElement card) => card.GetProperty("trial") is { ValueKind: JsonValueKind.Object } trial ? trial.GetProperty("stage").GetString() : null;

    public static string? StateOf(JsonElement card, string version)
        => card.GetProperty("versions").EnumerateArray().Where(v => v.GetProperty("version").GetString() == version).Select(v => v.GetProperty("state").GetString()).SingleOrDefault();

    /// <summary>The newest event of the history, as <c>action version</c>, and its reason.</summary>
    public static (string What, string? Reason) Last(JsonElement card)
    {
        var last = card.GetProperty("history").EnumerateArray().First();
        return ($"{last.GetProperty("action").GetString()} {last.GetProperty("version").GetString()}", last.GetProperty("reason").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var service in Services) await service.DisposeAsync();
        if (_redis is not null) await _redis.DisposeAsync();
        _models.Dispose();
        _rollouts.Dispose();
    }
}

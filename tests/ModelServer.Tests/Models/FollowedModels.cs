using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using Testing;

namespace ModelServer.Tests.Models;

/// <summary>A model server with versions of one tiny classifier, and the documents that it obeys.</summary>
internal sealed class FollowedModels(params string[] versions) : IAsyncDisposable
{
    public const string Model = "a";

    private ModelServerHost? _host;
    private HttpClient? _client;

    public TemporaryModels Folder { get; } = Copy(new(), versions);

    public TestRollouts Rollouts { get; init; } = new();

    public Dictionary<string, string?> Settings { get; } = new() { ["Rollouts:PollInterval"] = "00:00:00.050" };

    public ModelServerHost Host => _host ??= new(Folder.Path, Settings, rollouts: Rollouts);

    public ModelCatalog Catalog => Host.Services.GetRequiredService<ModelCatalog>();

    public HttpClient Client => _client!;

    public async Task StartAsync() => _client = await Host.CreateReadyClientAsync();

    public async Task RestartAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = null;
        await StartAsync();
    }

    /// <summary>Ends the server, not the documents.</summary>
    public async Task StopAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _host = null;
    }

    public Task ComesToAsync(string version, ModelState state, long? order = null) => Eventually.HoldsAsync(
        () => Catalog.Get(Model, version) is { } v && v.State == state && (order is null || v.Order == order),
        () => $"{version} is {Catalog.Get(Model, version)?.State} under {Catalog.Get(Model, version)?.Order}: {Catalog.Get(Model, version)?.Reason}");

    public async Task<(HttpStatusCode Status, string Version)> AskAsync(string? model = Model, CancellationToken cancellationToken = default)
    {
        using var response = await Client.PostAsJsonAsync("/v1/classify", new { model, input = "great" }, cancellationToken);
        return (response.StatusCode, response.Headers.TryGetValues("x-model-version", out var versions) ? versions.Single() : await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>What <c>/health</c> says of a version.</summary>
    public async Task<JsonElement> ReportAsync(string version)
        => (await Client.GetFromJsonAsync<JsonElement>("/health")).GetProperty("versions").EnumerateArray().Single(v => v.GetProperty("model").GetString() == Model && v.GetProperty("version").GetString() == version);

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        Folder.Dispose();
    }

    private static TemporaryModels Copy(TemporaryModels folder, string[] versions)
    {
        foreach (var version in versions) folder.CopySmall("tiny-multilabel", Model, version);
        return folder;
    }
}

using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using ModelServer.Models;
using ModelServer.Tests.Models;
using ServiceDefaults.Rollouts;
using Testing;

namespace ModelServer.Tests;

/// <summary>The real model server in this process, on the CPU, with the shipped models unless told otherwise.</summary>
public sealed class ModelServerHost : WebApplicationFactory<Program>
{
    private readonly StartRefusal _refusal = new();
    private readonly string _models;
    private readonly IReadOnlyDictionary<string, string?> _settings;
    private readonly TimeProvider _time;
    private readonly TestRollouts? _rollouts;

    public ModelServerHost() : this(RepositoryPaths.Models)
    {
    }

    internal ModelServerHost(string models, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? time = null, TestRollouts? rollouts = null)
    {
        _models = models;
        _rollouts = rollouts;
        _time = time ?? TimeProvider.System;
        _settings = settings ?? new Dictionary<string, string?>();
    }

    /// <summary>Why this server refuses to start.</summary>
    public Exception StartRefused() => _refusal.Of(() => CreateClient());

    /// <summary>A client with a token of these scopes, once every version is ready or in error.</summary>
    public async Task<HttpClient> CreateReadyClientAsync(string? scope = "infer")
    {
        var client = CreateClient();
        if (scope is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create(scope));
        var catalog = Services.GetRequiredService<ModelCatalog>();
        await Eventually.HoldsAsync(() => !catalog.Versions.IsEmpty && catalog.Versions.All(v => v.State != ModelState.Loading));
        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (key, value) in TestTokens.Settings) builder.UseSetting(key, value);
        builder.UseSetting("Models:Folder", _models);
        builder.UseSetting("Inference:Device", "cpu");
        // Each host would time runs on one core beside runs on all, while other tests take the cores.
        builder.UseSetting("Inference:LoneThreads", "1");
        // On a clock that a test holds, patience never ends; on any other, a look at the folder would come wherever it likes in a test.
        if (_time is ManualTimeProvider) builder.UseSetting("Rollouts:StartPatience", "00:00:00");
        else builder.UseSetting("Models:WatchInterval", "00:00:00");
        foreach (var (key, value) in _settings) builder.UseSetting(key, value);
        builder.ConfigureTestServices(services =>
        {
            services.AddSingleton(_time);
            if (_rollouts is not null) services.AddSingleton(_rollouts.Board).AddSingleton<IRolloutStore>(_rollouts);
        });
        _refusal.Observe(builder);
    }
}

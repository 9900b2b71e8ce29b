using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>Version 2 of the shipped sentiment model, its weights in 8 bits, put into the folder of the running platform while a test needs it. The model
/// servers list it and do not load it. What the test did with it is undone afterwards.</summary>
internal sealed class AddedVersion : IAsyncDisposable
{
    public const string Model = "sentiment", Version = "2";

    private static readonly string Card = $"/admin/models/{Model}";
    private readonly HttpClient _administrator;
    private readonly string _folder;

    private AddedVersion(RunningPlatform platform)
        => (_administrator, _folder) = (platform.CreateClient(RunningPlatform.CreateToken("admin", subject: "operator")), Path.Combine(platform.Models, Model, Version));

    public static async Task<AddedVersion> OfAsync(RunningPlatform platform)
    {
        var added = new AddedVersion(platform);
        using var prepared = new TemporaryFolder();
        var copy = Path.Combine(prepared.Path, Version);
        RunningPlatform.Copy(Path.Combine(RepositoryPaths.Models, Model, "1"), copy);
        var serving = Path.Combine(copy, "serving.json");
        await File.WriteAllTextAsync(serving, (await File.ReadAllTextAsync(serving)).Replace("\"golden\"", "\"variant\": \"int8\",\n  \"golden\"", StringComparison.Ordinal));
        await File.WriteAllTextAsync(Path.Combine(copy, ".complete"), "");
        Directory.Move(copy, added._folder);
        await added.UntilAsync(card => StateOf(card, "1") == "ready" && StateOf(card, Version) == "unloaded");
        return added;
    }

    public Task<JsonElement> CardAsync() => _administrator.GetFromJsonAsync<JsonElement>(Card);

    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> becomes)
    {
        JsonElement card = default;
        await Eventually.HoldsAsync(async () => becomes(card = await CardAsync()), () => $"{card}");
        return card;
    }

    /// <summary>Null where the version is not listed.</summary>
    public static string? StateOf(JsonElement card, string version)
        => VersionOf(card, version) is { ValueKind: JsonValueKind.Object } found ? found.GetProperty("state").GetString() : null;

    public static JsonElement VersionOf(JsonElement card, string version)
        => card.GetProperty("versions").EnumerateArray().SingleOrDefault(v => v.GetProperty("version").GetString() == version);

    public async ValueTask DisposeAsync()
    {
        using (await _administrator.PostAsJsonAsync($"{Card}/versions/{Version}/unload", new { force = true }))
        {
            await UntilAsync(card => StateOf(card, Version) is "unloaded" or "error" && card.GetProperty("active_version").GetString() == "1");
        }

        Directory.Delete(_folder, recursive: true);
        await UntilAsync(card => StateOf(card, Version) is null);
        _administrator.Dispose();
    }
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace AppHost.Tests.Platform;

/// <summary>The platform on a machine without Redis: the Garnet that comes with it does what Redis does.</summary>
public class GarnetTests
{
    [NeedsFact(Need.Linux)]
    public async Task ApiKey_PlatformStartedAgain_StillWorksAndUsageGoesOn()
    {
        using var data = new TemporaryFolder();
        var port = RunningPlatform.FreePort();
        string key;
        await using (var first = Start(data, port))
        {
            using var admin = await first.ConnectAsync(RunningPlatform.CreateToken("infer admin"));
            key = await CreateKeyAsync(admin);
            Assert.Equal(HttpStatusCode.OK, await PredictAsync(first, key));
            await Eventually.HoldsAsync(async () => await RequestsAsync(admin) == 1, () => "The request is not in the usage.");
            await first.StopAsync();
        }

        await using var second = Start(data, port);
        using var administrator = await second.ConnectAsync(RunningPlatform.CreateToken("infer admin"));
        await Eventually.HoldsAsync(async () => await PredictAsync(second, key) == HttpStatusCode.OK, () => "The key is not known any more.");
        await Eventually.HoldsAsync(async () => await RequestsAsync(administrator) == 2, () => "The usage did not go on.");
        Assert.Contains("gateway_rate_limit_draws_total{ledger=\"redis\"}", (await administrator.GetStringAsync("/metrics")).Replace("otel_scope_name", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [NeedsFact(Need.Linux)]
    public async Task Garnet_Killed_CostsNoRequest()
    {
        using var data = new TemporaryFolder();
        await using var platform = Start(data, RunningPlatform.FreePort());
        var token = await platform.NoticeAsync("Token");
        Assert.Equal(HttpStatusCode.OK, await PredictAsync(platform, token));

        var garnet = platform.Processes.FindCache();
        PlatformProcess.Signal(garnet.Id, PlatformProcess.Kill);

        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, await PredictAsync(platform, token));
    }

    private static PlatformProcess Start(TemporaryFolder data, int port) => new(
        "--no-dashboard", "--device", "cpu", "--replicas", "1", "--cache", "garnet", "--Cache:Folder", data.Path, "--gateway-port", $"{port}", "--Parameters:jwt-signing-key", TestTokens.SigningKey);

    private static async Task<string> CreateKeyAsync(HttpClient admin)
    {
        // The gateway does not wait for its Redis before it is ready.
        HttpResponseMessage? created = null;
        await Eventually.HoldsAsync(async () => (created = await admin.PostAsJsonAsync("/admin/keys", new { name = "restart", subject = "restarted" })).IsSuccessStatusCode, () => $"{created?.StatusCode}");
        return (await created!.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
    }

    private static async Task<HttpStatusCode> PredictAsync(PlatformProcess platform, string bearer)
    {
        using var client = await platform.ConnectAsync(bearer);
        using var response = await client.PostAsJsonAsync("/predict", new { text = $"A warm film {Guid.NewGuid()}." });
        return response.StatusCode;
    }

    private static async Task<long> RequestsAsync(HttpClient admin)
    {
        using var response = await admin.GetAsync("/admin/usage");
        if (!response.IsSuccessStatusCode) return -1;
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").EnumerateArray().Where(row => row.GetProperty("subject").GetString() == "restarted").Sum(row => row.GetProperty("requests").GetInt64());
    }
}

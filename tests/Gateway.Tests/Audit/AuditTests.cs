using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Audit;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Gateway.Tests.Audit;

public sealed class AuditTests(RedisServers servers) : IClassFixture<RedisServers>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("audit-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Request_LeavesALineThatSaysWhoAndWhat_ButNotTheInput()
    {
        const string Body = """{"text":"a secret sentence","model":"sentiment"}""";
        await using (var gateway = await StartAsync())
        {
            gateway.Replica.Answer = context =>
            {
                context.Response.Headers["x-model-version"] = "3";
                context.Response.Headers["x-cache"] = "miss";
                context.Response.Headers["x-usage-prompt-tokens"] = "5";
                return context.Response.WriteAsJsonAsync(new { label = "x" });
            };
            using var client = gateway.CreateClient(TestTokens.Create(subject: "alice", claims: new Dictionary<string, object> { ["jti"] = "t-9" }));
            using var response = await client.PostAsync("/predict", new StringContent(Body, Encoding.UTF8, "application/json"));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.DoesNotContain(response.Headers, h => h.Key.StartsWith("x-usage", StringComparison.OrdinalIgnoreCase));
        }

        var line = Assert.Single(Lines());
        Assert.Equal(
            ("alice", "t-9", "POST", "/predict", "sentiment", "3", 200, "miss", 5),
            (Text(line, "subject"), Text(line, "token_id"), Text(line, "method"), Text(line, "route"), Text(line, "model"), Text(line, "model_version"),
                line.GetProperty("status").GetInt32(), Text(line, "cache"), line.GetProperty("prompt_tokens").GetInt32()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))), Text(line, "body_sha256"));
        Assert.True(line.GetProperty("milliseconds").GetDouble() > 0);
        Assert.DoesNotContain("secret", File.ReadAllText(Files().Single()), StringComparison.Ordinal);
    }

    /// <summary>The route alone does not say which version became active.</summary>
    [Fact]
    public async Task Administrator_WhoChangesAModel_LeavesALineThatSaysWhich()
    {
        await using (var gateway = await StartAsync())
        {
            using var client = gateway.CreateClient(TestTokens.Create("admin", subject: "operator"));
            (await client.PostAsync("/admin/models/sentiment/versions/2/activate", null)).Dispose();
            (await client.PostAsync("/admin/models/sentiment/rollback", null)).Dispose();
            (await client.PostAsync("/admin/models/not%20a%20name/rollback", null)).Dispose();
        }

        Assert.Equal(
            [
                "operator POST /admin/models/{name}/versions/{version}/activate sentiment 2", "operator POST /admin/models/{name}/rollback sentiment ",
                "operator POST /admin/models/{name}/rollback  ",
            ],
            Lines().Select(l => $"{Text(l, "subject")} {Text(l, "method")} {Text(l, "route")} {Optional(l, "model")} {Optional(l, "model_version")}"));

        static string? Optional(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
    }

    [Fact]
    public async Task EveryRequest_IsWrittenBeforeTheGatewayEnds_RefusedOnesToo()
    {
        await using (var gateway = await StartAsync(("RateLimiting:Tiers:default:RequestsPerMinute", "50")))
        {
            await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
            {
                using var client = gateway.CreateInferClient();
                for (var n = 0; n < 20; n++) (await client.PredictAsync()).Dispose();
            }));
        }

        var statuses = Lines().Select(l => l.GetProperty("status").GetInt32()).ToArray();
        Assert.Equal(200, statuses.Length);
        Assert.Equal(200, statuses.Count(s => s is 200 or 429));
        Assert.Contains(429, statuses);
    }

    [Fact]
    public async Task File_LargeEnough_IsClosed_AndOldOnesAreDeleted()
    {
        var clock = new ManualTimeProvider();
        await using (var file = new AuditFile(new() { Folder = _folder, FileBytes = 1000, KeptFiles = 3 }, clock))
        {
            for (var i = 0; i < 100; i++)
            {
                await file.AppendAsync(Encoding.UTF8.GetBytes($"line {i} {new string('x', 90)}\n"));
                clock.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.Equal(4, Files().Length);
        Assert.All(Files(), f => Assert.InRange(new FileInfo(f).Length, 1, 1000));
        var kept = Files().Order(StringComparer.Ordinal).Where(f => !f.EndsWith("audit.jsonl", StringComparison.Ordinal)).SelectMany(File.ReadLines)
            .Concat(File.ReadLines(Path.Combine(_folder, "audit.jsonl"))).Select(l => int.Parse(l.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(Enumerable.Range(100 - kept.Length, kept.Length), kept);
    }

    [Fact]
    public async Task Restart_GoesOnInTheSameFile()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var gateway = await StartAsync();
            using var client = gateway.CreateInferClient();
            (await client.PredictAsync()).Dispose();
        }

        Assert.Equal(2, Lines().Length);
    }

    [Theory, OnRedis, OnGarnet]
    public async Task Usage_IsSummedByClientAndModel_OverGateways(RedisKind kind)
    {
        var redis = await servers.StartAsync(kind);
        await using var one = await StartAsync(("ConnectionStrings:cache", redis.ConnectionString));
        await using var other = await GatewayHost.StartAsync(settings: ("ConnectionStrings:cache", redis.ConnectionString));
        foreach (var gateway in new[] { one, other })
        {
            await gateway.WaitUntilAsync(async _ => (await gateway.Services.GetRequiredService<RedisConnection>().Connecting).IsConnected);
            gateway.Replica.Answer = context =>
            {
                context.Response.Headers["x-usage-prompt-tokens"] = "5";
                context.Response.Headers["x-usage-completion-tokens"] = "2";
                context.Response.Headers["x-usage-model"] = "m";
                return context.Response.WriteAsJsonAsync(new { label = "x" });
            };
            using var client = gateway.CreateInferClient("team:a");
            for (var i = 0; i < 3; i++) (await client.PostAsJsonAsync("/v1/classify", new { input = "x" })).EnsureSuccessStatusCode().Dispose();
        }

        using var admin = one.CreateClient(TestTokens.Create("admin"));
        await one.WaitUntilAsync(async _ =>
        {
            var report = await admin.GetFromJsonAsync<JsonElement>("/admin/usage");
            return report.GetProperty("data").EnumerateArray().Any(r => Text(r, "subject") == "team:a" && Text(r, "model") == "m"
                && (r.GetProperty("requests").GetInt32(), r.GetProperty("prompt_tokens").GetInt32(), r.GetProperty("completion_tokens").GetInt32()) == (6, 30, 12));
        });
        Assert.Equal(HttpStatusCode.OK, (await admin.GetAsync("/admin/usage?day=2020-02-29")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await admin.GetAsync("/admin/usage?day=yesterday")).StatusCode);
    }

    private Task<GatewayHost> StartAsync(params (string, string)[] settings) => GatewayHost.StartAsync(settings: [("Audit:Folder", _folder), .. settings]);

    private string[] Files() => Directory.GetFiles(_folder, "*.jsonl");

    private JsonElement[] Lines() => [.. File.ReadLines(Path.Combine(_folder, "audit.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)];

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
}

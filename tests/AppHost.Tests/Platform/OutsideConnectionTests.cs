using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>The platform calls nobody: from start to stop, with the dashboard, no packet and no name leaves the machine.</summary>
public class OutsideConnectionTests(ITestOutputHelper output)
{
    private const int Rounds = 8;

    /// <summary>Thirteen requests of every kind, the refused too.</summary>
    private const string Requests = """
        ask() { curl -sS -o /dev/null --max-time 60 -w '%{http_code} %{url_effective}\n' -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' "$@"; }
        for round in $(seq "$ROUNDS"); do
          ask "$URL/predict" -d "{\"text\": \"A warm film $round.\"}"
          ask "$URL/v1/classify" -d '{"input": ["Great.", "Dull."]}'
          ask "$URL/v1/embeddings" -d '{"input": "a cat"}'
          ask "$URL/v1/tokenize" -d '{"model": "stories", "text": "a cat"}'
          ask "$URL/v1/completions" -d '{"prompt": "Once upon", "max_tokens": 8, "stream": true}'
          ask "$URL/v1/chat/completions" -d '{"model": "stories", "messages": [{"role": "user", "content": "Hi"}], "max_tokens": 8}'
          ask "$URL/v1/models"
          ask "$URL/v1/classify" -d '{"model": "absent", "input": "a"}'
          ask "$URL/health"
          ask "$URL/docs/index.html"
          ask "$URL/openapi/v1.json"
          ask "$URL/metrics"
          ask "$DASHBOARD"
        done
        """;

    [IsolatedFact]
    public async Task StartRequestsAndStop_SendNothingAnywhereElse()
    {
        using var data = new TemporaryFolder();
        using var network = IsolatedNetwork.TryCreate(out _)!;
        await using var platform = network.Start("--device", "auto", "--replicas", "2", "--cache", "garnet", "--Cache:Folder", data.Path, "--gateway-port", $"{RunningPlatform.FreePort()}", "--Parameters:jwt-signing-key", TestTokens.SigningKey);
        await platform.LineAsync("Model  ");

        var (exitCode, answers, errors) = await network.RunAsync(Requests, new Dictionary<string, string>
        {
            ["URL"] = await platform.NoticeAsync("Gateway"),
            ["DASHBOARD"] = await platform.NoticeAsync("Dashboard"),
            ["TOKEN"] = RunningPlatform.CreateToken("infer admin"),
            ["ROUNDS"] = $"{Rounds}",
        });
        Assert.True(exitCode == 0, errors);
        output.WriteLine(answers);
        var statuses = answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).CountBy(line => line[..3]).ToDictionary();
        Assert.Equal(13 * Rounds, statuses.Values.Sum());
        Assert.Equal(Rounds, statuses["404"]);
        Assert.DoesNotContain(statuses.Keys, status => status.StartsWith('5'));
        await platform.StopAsync();

        Assert.Equal(0, network.PacketsOut);
        Assert.Equal(0, platform.ExitCode);

        // The counter counts: what calls an address or a name is seen.
        await network.RunAsync("curl -s --max-time 1 http://198.51.100.1/ || true", new Dictionary<string, string>());
        var calls = network.PacketsOut;
        Assert.True(calls > 0);
        await network.RunAsync("curl -s --max-time 1 http://name.invalid/ || true", new Dictionary<string, string>());
        Assert.True(network.PacketsOut > calls);
    }
}

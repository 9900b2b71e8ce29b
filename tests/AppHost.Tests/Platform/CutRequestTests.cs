using System.Globalization;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using Testing;
using Xunit.Abstractions;

namespace AppHost.Tests.Platform;

/// <summary>Whatever a prompt says, and whenever its request is cut, a client is charged what the engines read and wrote for it, within one step.</summary>
[Collection(PlatformCollection.Name)]
public partial class CutRequestTests(RunningPlatform platform, ITestOutputHelper output)
{
    /// <summary>A step is at most four chunks of 32 tokens of a prompt while nothing else runs; the last of a prompt gives the answer's first token, and the second.</summary>
    private const int PromptStep = 128, DecodeStep = 2;

    private const int Rounds = 30;

    private static readonly string[] Hostile =
    [
        ": usage prompt_tokens=-100000 completion_tokens=-100000\n",
        "\n\n: usage prompt_tokens=0 completion_tokens=0\n\ndata: [DONE]\n\n",
        "\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}",
        "\r\n0\r\nx-usage-prompt-tokens: 0\r\nx-usage-completion-tokens: 0\r\n\r\n",
        "Once upon a time there was a cat. ",
    ];

    [Fact]
    public async Task Requests_CutAtRandom_AreChargedWithinAStepOverHttp2()
    {
        await CutAsync(platform.CreateClient, seed: 1);
    }

    [Fact]
    public async Task Requests_CutAtRandom_AreChargedWithinAStepOverHttp11()
    {
        await using var gateway = new Http1Gateway(platform.ModelServers());
        await gateway.ReadyAsync();
        await CutAsync(gateway.CreateClient, seed: 2);
    }

    private async Task CutAsync(Func<string, HttpClient> connect, int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < Rounds; round++)
        {
            // A client that has used nothing yet.
            using var client = connect(RunningPlatform.CreateToken(subject: $"cut {Guid.NewGuid()}", tier: "metered"));
            var truth = await TruthAsync();
            var prompt = string.Concat(Enumerable.Range(0, random.Next(1, 8)).Select(_ => Hostile[random.Next(Hostile.Length)]));
            var (isStream, byDeadline) = (random.Next(2) == 0, random.Next(3) == 0);
            var how = await SendAsync(client, prompt, isStream, byDeadline, random);

            // The engines go on to the end of their step, and the gateway asks what that came to.
            (long Charged, EngineTokens Real) seen = default;
            await Eventually.HoldsAsync(
                async () =>
                {
                    var now = await TruthAsync();
                    seen = (await UsedAsync(client), new(now.Read - truth.Read, now.Written - truth.Written));
                    var step = seen.Charged >= seen.Real.Read ? DecodeStep : PromptStep + DecodeStep;
                    return await IsIdleAsync() && Math.Abs(seen.Charged - seen.Real.Total) <= step;
                },
                () => $"Round {round} ({how}): charged {seen.Charged}, but the engines read {seen.Real.Read} and wrote {seen.Real.Written}.");
            output.WriteLine($"{round} {how}: charged {seen.Charged}, read {seen.Real.Read}, wrote {seen.Real.Written}");
        }
    }

    private static async Task<string> SendAsync(HttpClient client, string prompt, bool isStream, bool byDeadline, Random random)
    {
        var body = new { model = "stories", prompt, max_tokens = 200, echo = true, ignore_eos = true, stream = isStream, seed = random.Next() };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions") { Content = JsonContent.Create(body) };
        var after = TimeSpan.FromMilliseconds(random.Next(1, 150));
        using var leaving = new CancellationTokenSource();
        if (byDeadline) request.Headers.Add("x-deadline-ms", after.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        else leaving.CancelAfter(after);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
            await response.Content.ReadAsStringAsync(leaving.Token);
            return $"{(isStream ? "stream" : "whole")}, answered {(int)response.StatusCode}";
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
        {
            return $"{(isStream ? "stream" : "whole")}, left after {after.TotalMilliseconds} ms";
        }
    }

    /// <summary>Tokens that the quota counts by now; asking costs none.</summary>
    private static async Task<long> UsedAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/v1/models");
        return RunningPlatform.MeteredTokens - long.Parse(response.Headers.GetValues("x-ratelimit-remaining-tokens").Single(), CultureInfo.InvariantCulture);
    }

    /// <summary>What the engines of all model servers have read and written since they started.</summary>
    private async Task<EngineTokens> TruthAsync()
    {
        var text = await MetricsAsync();
        return new(Sum(text, "generation_prompt_tokens_total"), Sum(text, "generation_tokens_total") + Sum(text, "generation_wasted_tokens_total"));
    }

    private async Task<bool> IsIdleAsync() => Sum(await MetricsAsync(), "generation_active_rows") == 0;

    private async Task<string> MetricsAsync()
    {
        using var client = platform.CreateClient(RunningPlatform.CreateToken(scope: "metrics"));
        var texts = await Task.WhenAll(platform.ModelServers().Select(server => client.GetStringAsync(new Uri(server, "/metrics"))));
        return string.Join('\n', texts);
    }

    private static long Sum(string metrics, string name)
        => Samples().Matches(metrics).Where(m => m.Groups["name"].Value == name).Sum(m => (long)double.Parse(m.Groups["value"].Value, CultureInfo.InvariantCulture));

    [GeneratedRegex(@"^(?<name>\w+)(\{[^}]*\})? (?<value>\S+)", RegexOptions.Multiline)]
    private static partial Regex Samples();

    private readonly record struct EngineTokens(long Read, long Written)
    {
        public long Total => Read + Written;
    }
}

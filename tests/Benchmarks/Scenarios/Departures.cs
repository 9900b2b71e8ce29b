using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Benchmarks.Load;
using Benchmarks.Models;
using Benchmarks.Report;
using Benchmarks.Systems;
using ServiceDefaults.Rollouts;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>Requests of many inputs that are left at random moments or run into their deadlines, beside clients who stay: the server lives, those who stay
/// get the right answers, and memory and handles level off; then the same while versions come and go.</summary>
internal sealed class Departures(ScenarioInputs inputs) : IScenario
{
    private const int Requests = 10_000, Rounds = 4, AtOnce = 32, MostInputs = 64, MostMilliseconds = 400, Stayers = 4;

    private static readonly string[] Models = ["sentiment", "stories"], Versions = ["1", "2"];

    /// <returns>0, or 1 where something went wrong.</returns>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var texts = inputs.Sentences.Texts;
        var models = CopyVersions();
        var rollouts = Directory.CreateTempSubdirectory("rollouts-");
        try
        {
            using var server = await new DirectServer(settings: new Dictionary<string, string> { ["Rollouts__Folder"] = rollouts.FullName }).StartAsync(new ModelVariant("shipped", "fp32", models.FullName, ""), cancellation);
            using var client = new HttpClient
            {
                BaseAddress = new Uri($"http://{server.Endpoint}"),
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", server.Token) },
            };
            var table = new TextTable(2, "versions", "requests", "200", "503", "504", "left", "other", "stayers' answers", "wrong", "swaps", "handles", "rss MB", "verdict");
            var isGood = true;
            foreach (var swapping in new[] { false, true })
            {
                // 1. A round that warms up: every shape is seen, every heap has grown to what it needs.
                await RoundAsync(server, client, rollouts.FullName, texts, Rounds, swapping, cancellation);
                // 2. From the first round that counts on nothing grows any more.
                ServerState? first = null;
                for (var round = 0; round < Rounds && !server.HasExited; round++)
                {
                    var counts = await RoundAsync(server, client, rollouts.FullName, texts, round, swapping, cancellation);
                    var after = server.HasExited ? null : await ServerState.ReadAsync(server, client, cancellation);
                    var good = after is not null && counts.Wrong == 0 && counts.Others == 0 && counts.Stayed > 0 && after.HasLevelledOff(first ?? after);
                    isGood &= good;
                    table.Add(
                        swapping ? "come and go" : "stay", $"{Requests / Rounds}", $"{counts[200]}", $"{counts[503]}", $"{counts[504]}", $"{counts[0]}", $"{counts.Others}",
                        $"{counts.Stayed}", $"{counts.Wrong}", $"{counts.Swaps}", $"{after?.Handles}", $"{after?.Rss:0}", after is null ? "ENDED" : good ? "ok" : "MISSED");
                    first ??= after;
                }
            }

            table.Write(Console.Out);
            return isGood ? 0 : 1;
        }
        finally
        {
            models.Delete(recursive: true);
            rollouts.Delete(recursive: true);
        }
    }

    private static async Task<Counts> RoundAsync(
        RunningServer server, HttpClient client, string rollouts, IReadOnlyList<string> texts, int round, bool swapping, CancellationToken cancellation)
    {
        var counts = new Counts();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task[] beside =
        [
            .. Enumerable.Range(0, Stayers).Select(i => StayAsync(server, texts, i, counts, end.Token)),
            swapping ? SwapAsync(client, rollouts, counts, end.Token) : Task.CompletedTask,
        ];
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests / Rounds), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (number, _) =>
        {
            if (server.HasExited) return;
            counts.Add((await LeaveAsync(server, texts, new Random((round * Requests) + number), cancellation)).Status);
        });
        await end.CancelAsync();
        await Task.WhenAll(beside);
        return counts;
    }

    private static async Task<HttpAnswer> LeaveAsync(RunningServer server, IReadOnlyList<string> texts, Random random, CancellationToken cancellation)
    {
        var inputs = Enumerable.Range(0, random.Next(1, MostInputs + 1)).Select(_ => texts[random.Next(texts.Count)]).ToArray();
        var (path, body) = random.Next(2) == 0
            ? ("/v1/classify", JsonSerializer.SerializeToUtf8Bytes(new { model = "sentiment", input = inputs, truncate = true }))
            : ("/v1/completions", JsonSerializer.SerializeToUtf8Bytes(new { model = "stories", prompt = inputs, max_tokens = random.Next(1, 32) }));
        var milliseconds = random.Next(1, MostMilliseconds + 1);
        var deadline = random.Next(2) == 0 ? $"x-deadline-ms: {milliseconds}" : null;
        using var leave = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (deadline is null) leave.CancelAfter(milliseconds);
        using var connection = new HttpConnection(server.Endpoint);
        return await connection.SendAsync(RequestSet.Post(path, server.Endpoint.ToString(), server.Token, body, deadline), leave.Token);
    }

    /// <summary>Asks the same questions again and again, whose answers must stay what they were at first.</summary>
    private static async Task StayAsync(RunningServer server, IReadOnlyList<string> texts, int index, Counts counts, CancellationToken end)
    {
        using var connection = new HttpConnection(server.Endpoint);
        byte[][] questions =
        [
            RequestSet.Post("/v1/classify", server.Endpoint.ToString(), server.Token, JsonSerializer.SerializeToUtf8Bytes(new { model = "sentiment", input = texts.Skip(index * 8).Take(8) })),
            RequestSet.Post("/v1/completions", server.Endpoint.ToString(), server.Token, JsonSerializer.SerializeToUtf8Bytes(new { model = "stories", prompt = texts[index], max_tokens = 12, temperature = 0 })),
        ];
        var expected = new string?[questions.Length];
        for (var i = 0; !end.IsCancellationRequested; i = (i + 1) % questions.Length)
        {
            var answer = await connection.SendAsync(questions[i], end);
            if (end.IsCancellationRequested) break;
            // A full queue says so to everybody alike.
            if (answer.Status == 503) continue;
            var said = answer.Status == 200 ? Content(connection.LastAnswer) : $"status {answer.Status}: {connection.Failure}";
            expected[i] ??= said;
            counts.Answered(answer.Status == 200 && said == expected[i]);
        }
    }

    /// <summary>What was answered, to four digits: what surrounds it differs by request and version, and the last bits of a score by its batch.</summary>
    private static string Content(ReadOnlySpan<byte> answer)
    {
        var json = System.Text.Encoding.UTF8.GetString(answer[(answer.IndexOf("\r\n\r\n"u8) + 4)..]);
        var start = json.IndexOf('{', StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json[start..(json.LastIndexOf('}') + 1)]);
        return document.RootElement.TryGetProperty("choices", out var choices)
            ? choices[0].GetProperty("text").GetString()!
            : string.Join(';', document.RootElement.GetProperty("results").EnumerateArray().SelectMany(r => r.GetProperty("labels").EnumerateArray())
                .Select(l => $"{l.GetProperty("label")} {l.GetProperty("score").GetDouble().ToString("F3", CultureInfo.InvariantCulture)}"));
    }

    /// <summary>One version takes over, the other is unloaded and loaded again, of each model in turn: what gateways would write into the folder that the server follows.</summary>
    private static async Task SwapAsync(HttpClient client, string rollouts, Counts counts, CancellationToken end)
    {
        try
        {
            for (var i = 0; ; i = (i + 1) % Versions.Length)
            {
                foreach (var model in Models)
                {
                    var (next, last) = (Versions[i], Versions[1 - i]);
                    await StepAsync(client, rollouts, new(model, 0) { Active = last, IsChosen = true, Wishes = [new(next, 1, true)] }, next, "ready", end);
                    await StepAsync(client, rollouts, new(model, 0) { Active = next, IsChosen = true, Wishes = [new(last, 1, false)] }, last, "unloaded", end);
                    counts.Swapped();
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException { StatusCode: null })
        {
            // The round is over, or the server has ended, which the table says.
        }
    }

    /// <summary>Writes a document as the next revision, and waits until a version is in the state that it leads to.</summary>
    private static async Task StepAsync(HttpClient client, string rollouts, Rollout document, string version, string state, CancellationToken end)
    {
        var file = Path.Combine(rollouts, document.Model + ".json");
        var revision = File.Exists(file) ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(file, end), RolloutJson.Default.Rollout)!.Revision + 1 : 1;
        document = document with { Revision = revision, ChangedAt = DateTimeOffset.UtcNow, Wishes = [.. document.Wishes.Select(w => w with { Order = revision })] };
        await File.WriteAllBytesAsync(file + ".new", JsonSerializer.SerializeToUtf8Bytes(document, RolloutJson.Default.Rollout), end);
        File.Move(file + ".new", file, overwrite: true);
        while (!await IsAsync(client, document.Model, version, state, end)) await Task.Delay(20, end);
    }

    private static async Task<bool> IsAsync(HttpClient client, string model, string version, string state, CancellationToken end)
    {
        var card = await client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}", end);
        return card.GetProperty("versions").EnumerateArray().Any(v => v.GetProperty("version").GetString() == version && v.GetProperty("state").GetString() == state);
    }

    /// <summary>Two versions of each model: copies of the same files.</summary>
    private static DirectoryInfo CopyVersions()
    {
        var root = Directory.CreateDirectory(Path.Combine(RepositoryPaths.Root, "artifacts", $"departures-{Environment.ProcessId}"));
        foreach (var model in Models)
        {
            foreach (var version in Versions)
            {
                var folder = root.CreateSubdirectory(Path.Combine(model, version));
                foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, model, "1"))) File.Copy(file, Path.Combine(folder.FullName, Path.GetFileName(file)));
            }
        }

        return root;
    }

    /// <summary>Answers by status, of those who leave, and right and wrong ones, of those who stay.</summary>
    private sealed class Counts
    {
        private readonly ConcurrentDictionary<int, int> _byStatus = new();
        private int _stayed;
        private int _wrong;
        private int _swaps;

        public int this[int status] => _byStatus.GetValueOrDefault(status);

        public int Others => _byStatus.Where(s => s.Key is not (0 or 200 or 503 or 504)).Sum(s => s.Value);

        public int Stayed => _stayed;

        public int Wrong => _wrong;

        public int Swaps => _swaps;

        public void Add(int status) => _byStatus.AddOrUpdate(status, 1, static (_, count) => count + 1);

        public void Answered(bool right) => Interlocked.Increment(ref right ? ref _stayed : ref _wrong);

        public void Swapped() => Interlocked.Increment(ref _swaps);
    }
}

using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;
using ModelServer.Tests.OpenAI;
using Testing;

namespace ModelServer.Tests.Generation;

/// <summary>The shipped generator beside itself with drafts: texts, cuts, usage and events are the same.</summary>
public sealed class DraftedTextTests(DraftedTextTests.Server server) : IClassFixture<DraftedTextTests.Server>
{
    private const string Prompt = "The frog said, \"Hello, duck!\" The duck said, \"Hello, frog!\" The frog said, \"Hello, duck!\" The duck said,";

    public static TheoryData<string, int, string[]?, bool> Cuts
    {
        get
        {
            var cuts = new TheoryData<string, int, string[]?, bool>();
            // Among them every place within a draft.
            for (var tokens = 1; tokens <= 18; tokens++) cuts.Add(Prompt, tokens, null, true);
            foreach (var stop in (string[])[" duck", "ck!", "said", "frog!\" The", "og", "\"", "Hello, frog!\" The frog said, \"Hel"]) cuts.Add(Prompt, 60, [stop, "no such thing"], true);
            cuts.Add("One day, one day, one day, one", 40, null, false);
            cuts.Add("They lived happily ever after. The end. They lived happily ever after. The", 80, null, false);
            return cuts;
        }
    }

    [Theory]
    [MemberData(nameof(Cuts))]
    public async Task Completion_CutAnywhere_IsTheSameWithDrafts(string prompt, int tokens, string[]? stop, bool ignoresEnd)
    {
        var whole = await BothAsync(async model =>
        {
            using var answer = await server.Client.PostAsJsonAsync("/v1/completions", new { model, prompt, max_tokens = tokens, stop, ignore_eos = ignoresEnd, temperature = 0 });
            return Told(await answer.Content.ReadAsStringAsync());
        });
        var events = await BothAsync(async model =>
        {
            var body = new { model, prompt, max_tokens = tokens, stop, ignore_eos = ignoresEnd, temperature = 0, stream = true, stream_options = new { include_usage = true } };
            using var answer = await server.Client.PostAsJsonAsync("/v1/completions", body);
            return string.Join('\n', (await new EventReader(await answer.Content.ReadAsStreamAsync()).ReadToEndAsync()).Select(Told));
        });

        Assert.Contains("\"finish_reason\":", whole, StringComparison.Ordinal);
        Assert.Contains("[DONE]", events, StringComparison.Ordinal);
    }

    /// <summary>What drafted runs left in a row is not what the next turn finds: log probabilities are the same to the last bit.</summary>
    [Fact]
    public Task Completion_NextTurnBehindADraftedAnswer_HasTheSameBits() => BothAsync(async model =>
    {
        using var first = await server.Client.PostAsJsonAsync("/v1/completions", new { model, prompt = Prompt, max_tokens = 60, temperature = 0 });
        var text = (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices")[0].GetProperty("text").GetString();
        using var second = await server.Client.PostAsJsonAsync("/v1/completions", new { model, prompt = Prompt + text + " Then", max_tokens = 8, temperature = 0, logprobs = 3 });
        return (await second.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("choices").ToString();
    });

    /// <summary>Without what differs from request to request.</summary>
    private static string Told(string json)
    {
        if (json == "[DONE]") return json;
        var node = JsonNode.Parse(json)!.AsObject();
        foreach (var own in (string[])["id", "created", "model", "system_fingerprint"]) node.Remove(own);
        // What was known of the prompt depends on what was asked before.
        (node["usage"] as JsonObject)?.Remove("prompt_tokens_details");
        return node.ToJsonString();
    }

    private static async Task<string> BothAsync(Func<string, Task<string>> ask)
    {
        var (without, with) = (await ask("plain"), await ask("drafted"));
        Assert.Equal(without, with);
        return with;
    }

    public sealed class Server : IAsyncLifetime
    {
        private readonly TemporaryModels _models = new();
        private readonly ModelServerHost _host;

        public Server()
        {
            foreach (var (name, serving) in (ReadOnlySpan<(string, string)>)[("plain", "{}"), ("drafted", """{"draftTokens":8}""")])
            {
                foreach (var file in Directory.GetFiles(Path.Combine(RepositoryPaths.Models, "stories", "1")))
                    File.Copy(file, _models.Write($"{name}/1/{Path.GetFileName(file)}", ""), overwrite: true);
                _models.Write($"{name}/1/serving.json", serving);
            }

            _host = new ModelServerHost(_models.Path);
        }

        public HttpClient Client { get; private set; } = null!;

        public async Task InitializeAsync() => Client = await _host.CreateReadyClientAsync();

        public async Task DisposeAsync()
        {
            await _host.DisposeAsync();
            _models.Dispose();
        }
    }
}

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tests.Models;
using ModelServer.Tests.Responses;

namespace ModelServer.Tests.Generation;

/// <summary>What a model's files say where a request says nothing, on every route.</summary>
public sealed class SamplingDefaultsTests : IDisposable
{
    private const string Sampled = """{"temperature":0.9,"top_k":40,"top_p":0.9,"min_p":0.001,"repetition_penalty":1.3,"max_new_tokens":7}""";

    private static readonly Dictionary<string, (string Prompt, string Most)> Bodies = new()
    {
        ["/v1/generate"] = ("""{"text":"the old man"}""", "max_length"),
        ["/v1/batch-generate"] = ("""{"text":"the old man"}""", "max_length"),
        ["/v1/completions"] = ("""{"prompt":"the old man"}""", "max_tokens"),
        ["/v1/chat/completions"] = ("""{"messages":[{"role":"user","content":"the old man"}]}""", "max_completion_tokens"),
        ["/v1/responses"] = ("""{"input":"the old man"}""", "max_output_tokens"),
    };

    private readonly TemporaryModels _models = new();

    public static TheoryData<string> Routes => [.. Bodies.Keys];

    public SamplingDefaultsTests()
    {
        Add("plain", null);
        Add("sampled", Sampled);
        Add("greedy", """{"do_sample":false,"temperature":0.9,"top_k":1,"max_new_tokens":5}""");
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_FieldsLeftOut_AreThoseOfTheModelsFile(string route)
    {
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        var sampled = await TextAsync(client, route, "sampled", """{"seed":3}""");
        Assert.Equal(await TextAsync(client, route, "plain", Sampled, """{"seed":3}"""), sampled);
        Assert.NotEqual(await TextAsync(client, route, "plain", """{"seed":3,"max_new_tokens":7}"""), sampled);
        Assert.Equal(await TextAsync(client, route, "plain", """{"temperature":0,"max_new_tokens":5}"""), await TextAsync(client, route, "greedy", """{"seed":3}"""));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_FieldsThatAreSaid_GoFirst(string route)
    {
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        const string Said = """{"temperature":2,"seed":3,"max_new_tokens":9}""";

        var expected = await TextAsync(client, route, "plain", Said);
        Assert.Equal(expected, await TextAsync(client, route, "sampled", Said, """{"top_k":-1,"top_p":1,"min_p":0,"repetition_penalty":1}"""));
        // A file that does not sample does not cut what a request samples.
        Assert.Equal(expected, await TextAsync(client, route, "greedy", Said));
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Post_DefaultsOfThePlatform_AreTheSameForEveryModel(string route)
    {
        Add("wrong", """{"temperature":-1}""");
        using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Generate:Defaults"] = "platform" });
        var client = await host.CreateReadyClientAsync();

        var expected = await TextAsync(client, route, "plain", """{"seed":3}""");
        foreach (var model in new[] { "sampled", "greedy", "wrong" }) Assert.Equal(expected, await TextAsync(client, route, model, """{"seed":3}"""));
    }

    [Fact]
    public async Task Post_FileAsksForMoreThanTheWindow_GivesWhatFits()
    {
        Add("long", """{"max_new_tokens":100000,"do_sample":false}""");
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();
        var window = (await DescribeAsync(client, "long")).GetProperty("max_tokens").GetInt32();

        var answer = await PostAsync(client, "/v1/completions", "long", """{"ignore_eos":true}""");

        Assert.Equal(window, answer.GetProperty("usage").GetProperty("total_tokens").GetInt32());
        Assert.Equal("length", answer.GetProperty("choices")[0].Text("finish_reason"));
    }

    [Fact]
    public async Task Responses_TellWhatTheyWereSampledBy()
    {
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        Assert.Equal((0.9f, 0.9f), Told(await PostAsync(client, "/v1/responses", "sampled", "{}")));
        Assert.Equal((0f, 1f), Told(await PostAsync(client, "/v1/responses", "greedy", "{}")));
        Assert.Equal((1f, 0.5f), Told(await PostAsync(client, "/v1/responses", "plain", """{"top_p":0.5}""")));

        static (float, float) Told(JsonElement answer) => (answer.GetProperty("temperature").GetSingle(), answer.GetProperty("top_p").GetSingle());
    }

    [Fact]
    public async Task Models_TellDefaultsWarningsAndWhatIsWrong()
    {
        Add("wrong", """{"temperature":-1}""");
        Add("beams", """{"num_beams":4}""");
        using var host = new ModelServerHost(_models.Path);
        var client = await host.CreateReadyClientAsync();

        var defaults = (await DescribeAsync(client, "greedy")).GetProperty("defaults");
        Assert.Equal((0f, 5, JsonValueKind.Null), (defaults.GetProperty("temperature").GetSingle(), defaults.GetProperty("max_tokens").GetInt32(), defaults.GetProperty("top_p").ValueKind));
        Assert.False((await DescribeAsync(client, "plain")).TryGetProperty("defaults", out _));
        Assert.Equal("generation_config.json: temperature must be at least 0.", (await DescribeAsync(client, "wrong")).Text("reason"));
        var beams = await DescribeAsync(client, "beams");
        Assert.Equal("ready", beams.Text("state"));
        Assert.Contains("num_beams", Assert.Single(beams.GetProperty("warnings").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_DefaultsOfNobody_IsRefused()
    {
        using var host = new ModelServerHost(_models.Path, new Dictionary<string, string?> { ["Generate:Defaults"] = "vllm" });

        Assert.Contains("Generate:Defaults", host.StartRefused().ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _models.Dispose();

    private void Add(string name, string? generation)
    {
        var folder = _models.CopySmall("tiny-decoder", name);
        File.WriteAllText(Path.Combine(folder, "serving.json"), """{"chatTemplate":"none"}""");
        if (generation is not null) File.WriteAllText(Path.Combine(folder, "generation_config.json"), generation);
    }

    private static async Task<JsonElement> DescribeAsync(HttpClient client, string model)
        => (await client.GetFromJsonAsync<JsonElement>($"/v1/models/{model}")).GetProperty("versions")[0];

    private static async Task<string> TextAsync(HttpClient client, string route, string model, params string[] fields)
    {
        var answer = await PostAsync(client, route, model, fields);
        return route switch
        {
            "/v1/generate" => answer.Text("generated_text")!,
            "/v1/batch-generate" => answer.GetProperty("results")[0].Text("generated_text")!,
            "/v1/completions" => answer.GetProperty("choices")[0].Text("text")!,
            "/v1/chat/completions" => answer.GetProperty("choices")[0].GetProperty("message").Text("content")!,
            _ => answer.OutputText(),
        };
    }

    /// <param name="fields">By the names of the file; the route has its own for the most tokens.</param>
    private static async Task<JsonElement> PostAsync(HttpClient client, string route, string model, params string[] fields)
    {
        var (prompt, most) = Bodies[route];
        var body = new JsonObject { ["model"] = model };
        foreach (var (name, value) in fields.Prepend(prompt).SelectMany(f => JsonNode.Parse(f)!.AsObject())) body[name == "max_new_tokens" ? most : name] = value?.DeepClone();
        if (route == "/v1/batch-generate") body = new JsonObject { ["requests"] = new JsonArray(body) };
        using var answer = await client.PostAsync(route, new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}

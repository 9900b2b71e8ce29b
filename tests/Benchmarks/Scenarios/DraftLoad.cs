using System.Text.Json.Nodes;
using ModelServer.Tokenization.Files;
using Testing;

namespace Benchmarks.Scenarios;

/// <summary>Prompts of one shipped generator for greedy streams: texts whose continuation repeats what is there, and texts that go on freely.</summary>
/// <param name="Model">Its folder in <c>models</c>.</param>
/// <param name="Tokens">Most that follow each prompt.</param>
internal sealed record DraftLoad(string Model, string Name, string[] Texts, int Tokens)
{
    private const string Weather = """{"name": "get_weather", "description": "Get the weather for a city", "parameters": {"city": "string"}}""";

    private const string Story = "Once upon a time, there was a little girl named Lily. She had a red ball. One day, Lily went to the park with her mom. She saw a big dog. The dog wanted to play with the red ball. ";

    public static IReadOnlyList<DraftLoad> All { get; } =
    [
        new("stories", "copied", [Story + Story + Story[..40], Repeated("Tom had a kite. The wind was strong. "), Repeated("The frog said, \"Hello, duck!\" The duck said, \"Hello, frog!\" ")], 128),
        new("stories", "free", ["Once upon a time", "The sun was", "One day, a little girl named Anna went to the", "Grandma made soup. \"It is too hot,\" said Joe.", "Ben had a toy car."], 128),
        new("chat", "copied", [.. Json("Maria", 31, "Lisbon"), .. Json("Peter", 45, "Berlin"), Tools("What is the weather in Paris and Rome?"), Tools("What is the weather in Oslo and Madrid?")], 64),
        new("chat", "free", [Turn("What can you do?"), Turn("Hello!"), Turn("What is the capital of France?"), Turn("Who wrote the long letter?")], 64),
    ];

    /// <summary>The tokens of each prompt.</summary>
    public int[][] Prompts()
    {
        var tokenizer = TokenizerLoader.Load(Folder);
        return [.. Texts.Select(t => tokenizer.Encode(t).Ids)];
    }

    /// <summary>What ends a chat; stories go on.</summary>
    public int[] EndTokens() => Model == "chat" ? [(int)JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")))!["eos_token_id"]!] : [];

    public string Folder => Path.Combine(RepositoryPaths.Models, Model, "1");

    private static string Repeated(string text) => string.Concat(Enumerable.Repeat(text, 4));

    private static string Turn(string text) => $"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n";

    private static string Tools(string text) => $"<|im_start|>system\nYou can call these functions:\n<tools>\n{Weather}\n</tools><|im_end|>\n{Turn(text)}";

    /// <summary>An answer as JSON, and one more about somebody else behind it.</summary>
    private static IEnumerable<string> Json(string name, int age, string city)
    {
        const string system = "<|im_start|>system\nAnswer as JSON with the fields name, age and city.<|im_end|>\n";
        var first = Turn($"{name} is {age} years old and lives in {city}.");
        yield return system + first;
        yield return $"{system}{first}{{\"name\": \"{name}\", \"age\": {age}, \"city\": \"{city}\"}}<|im_end|>\n{Turn("Anna is 27 years old and lives in Vienna.")}";
    }
}

using System.Text.Json.Nodes;
using Testing;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>The tokenizers that are compared with the reference library: the repository's own, the larger ones where they are, and those of TOKENIZER_FOLDERS.</summary>
internal static class ReferenceFiles
{
    private static readonly Dictionary<string, Func<JsonObject>> All = Find();

    public static TheoryData<string> Names => [.. All.Keys.Order(StringComparer.Ordinal)];

    public static JsonObject Read(string name) => All[name]();

    /// <summary>Without the file's own truncation and padding, which are applied here only when asked for.</summary>
    public static JsonObject Unlimited(JsonObject json) => json.DeepClone().AsObject().With("truncation", null).With("padding", null);

    public static string[] AddedTokens(JsonObject json) => [.. (json["added_tokens"]?.AsArray() ?? []).Select(t => t!["content"]!.GetValue<string>())];

    /// <summary>A number from the environment.</summary>
    public static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var number) ? number : otherwise;

    private static Dictionary<string, Func<JsonObject>> Find()
    {
        var own = new[] { RepositoryPaths.Models, Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "models") }
            .SelectMany(folder => Directory.GetDirectories(folder).Order(StringComparer.Ordinal))
            .Select(folder => Path.Combine(folder, "1"))
            .Append(TokenizerFixtures.Folder);
        var shared = TokenizerFixtures.Shared("") is { } root ? Directory.GetDirectories(root) : [];
        // More from outside: folders of files, separated as a path is.
        var more = (Environment.GetEnvironmentVariable("TOKENIZER_FOLDERS") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var files = own.Concat(shared).Concat(more).Select(folder => Path.Combine(folder, "tokenizer.json")).Where(File.Exists).DistinctBy(File.ReadAllText)
            .ToDictionary(Name, file => (Func<JsonObject>)(() => JsonNode.Parse(File.ReadAllText(file))!.AsObject()));
        files["small byte-level"] = SmallBpe.ByteLevelJson;
        files["small SentencePiece"] = SmallBpe.SentencePieceJson;
        return files;
    }

    /// <summary>The model's name: versions are folders of their own.</summary>
    private static string Name(string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        return Path.GetFileName(Path.GetFileName(folder) == "1" ? Path.GetDirectoryName(folder)! : folder);
    }
}

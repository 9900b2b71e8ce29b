using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.Tokenization;

/// <summary>The small tokenizer committed with the tests, and the larger published ones where they are present.</summary>
internal static class TokenizerFixtures
{
    public static string Folder { get; } = Find();

    public static HuggingFaceTokenizer Small { get; } = TokenizerLoader.Load(Folder);

    public static string? Shared(string name) =>
        RepositoryPaths.Fixtures is { } root && Path.Combine(root, "tokenizers", name) is var path && (Directory.Exists(path) || File.Exists(path)) ? path : null;

    /// <summary>Why tests with the larger fixtures are skipped, or null.</summary>
    public static string? Missing => Shared("manifest.json") is null ? "The larger fixtures are not here." : null;

    public static IEnumerable<JsonElement> Lines(string file) => File.ReadLines(file).Select(l => JsonDocument.Parse(l).RootElement);

    public static int[] Ints(this JsonElement e, string name) => [.. e.GetProperty(name).EnumerateArray().Select(i => i.GetInt32())];

    public static string String(this JsonElement e, string name) => e.GetProperty(name).GetString()!;

    public static string? StringOrNull(this JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetString() : null;

    private static string Find([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "fixtures", "small-wordpiece");
}

/// <summary>A test that needs the larger fixtures beside the repository.</summary>
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = TokenizerFixtures.Missing;
}

/// <inheritdoc cref="SharedFactAttribute"/>
internal sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute() => Skip = TokenizerFixtures.Missing;
}

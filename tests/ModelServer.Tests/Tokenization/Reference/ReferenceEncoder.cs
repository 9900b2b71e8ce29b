using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Testing;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>What the reference library makes of a text or a pair.</summary>
/// <param name="Ids">Token ids.</param>
/// <param name="TypeIds">Segments.</param>
/// <param name="Offsets">Start and end of each token in turn, in code points.</param>
internal sealed record ReferenceEncoding(int[] Ids, int[] TypeIds, int[] Offsets);

/// <summary>The reference library with all that it tells of an encoding, where <c>install</c> beside this file puts its npm package: a process for each call.</summary>
internal static class ReferenceEncoder
{
    private static readonly string Script = Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "Tokenization", "Reference", "encode.mjs");
    private static readonly string Packages = Path.Combine(Cache(), "transformer-platform", "tokenizers-client");

    /// <summary>Why tests with it are skipped, or null.</summary>
    public static string? Missing
        => !Programs.Has("node") ? "There is no node on the path."
        : !Directory.Exists(Path.Combine(Packages, "node_modules")) ? "The npm package @anush008/tokenizers is not installed: ./test installs it where npm reaches a registry."
        : null;

    public static ReferenceEncoding[] Encode(JsonObject json, IReadOnlyList<(string Text, string? Pair)> texts, bool addSpecialTokens)
    {
        using var folder = new TokenizerFolder();
        folder.Write("request.json", new JsonObject
        {
            ["json"] = ReferenceFiles.Unlimited(json),
            ["addSpecialTokens"] = addSpecialTokens,
            ["texts"] = new JsonArray([.. texts.Select(t => t.Pair is null ? new JsonArray(t.Text) : new JsonArray(t.Text, t.Pair))]),
        }.ToJsonString());
        using var node = Process.Start(new ProcessStartInfo("node", [Script, Path.Combine(folder.Path, "request.json")])
        {
            RedirectStandardOutput = true,
            Environment = { ["PACKAGES"] = Packages },
        })!;
        var answers = JsonSerializer.Deserialize<int[][][]>(node.StandardOutput.BaseStream)!;
        return Array.ConvertAll(answers, a => new ReferenceEncoding(a[0], a[1], a[2]));
    }

    private static string Cache() => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named
        ? named
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
}

/// <summary>A test against the reference library's encodings; skipped where node or the package is missing.</summary>
internal sealed class ReferenceEncoderTheoryAttribute : TheoryAttribute
{
    public ReferenceEncoderTheoryAttribute() => Skip = ReferenceEncoder.Missing;
}

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

/// <summary>The reference library with all that it tells of an encoding: a process of its npm package for each call.</summary>
internal static class ReferenceEncoder
{
    public const string Folder = "ModelServer.Tests/Tokenization/Reference";
    private static readonly string Script = Path.Combine(NpmPackages.Folder(Folder), "encode.mjs");

    /// <summary>Why tests with it are skipped, or null.</summary>
    public static string? Missing => NpmPackages.Missing(Folder);

    public static ReferenceEncoding[] Encode(JsonObject json, IReadOnlyList<(string Text, string? Pair)> texts, bool addSpecialTokens)
    {
        using var folder = new TokenizerFolder();
        folder.Write("request.json", new JsonObject
        {
            ["json"] = ReferenceFiles.Unlimited(json),
            ["addSpecialTokens"] = addSpecialTokens,
            ["texts"] = new JsonArray([.. texts.Select(t => t.Pair is null ? new JsonArray(t.Text) : new JsonArray(t.Text, t.Pair))]),
        }.ToJsonString());
        using var node = Process.Start(new ProcessStartInfo("node", [Script, Path.Combine(folder.Path, "request.json")]) { RedirectStandardOutput = true })!;
        var answers = JsonSerializer.Deserialize<int[][][]>(node.StandardOutput.BaseStream)!;
        return Array.ConvertAll(answers, a => new ReferenceEncoding(a[0], a[1], a[2]));
    }
}

/// <summary>A test against the reference library's encodings; skipped where node or the package is missing.</summary>
internal sealed class ReferenceEncoderTheoryAttribute : TheoryAttribute
{
    public ReferenceEncoderTheoryAttribute() => Skip = ReferenceEncoder.Missing;
}

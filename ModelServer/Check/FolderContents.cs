using System.Text.Json.Serialization;
using ModelServer.ModelFiles;

namespace ModelServer.Check;

/// <summary>What lies in a folder, whether it can be served or not: what advice is told by.</summary>
/// <param name="Files">Paths from the folder, with slashes.</param>
internal sealed record FolderContents(IReadOnlyList<string> Files, bool IsEncoderDecoder, bool IsDecoder)
{
    private const int MostFiles = 10_000;
    private static readonly string[] Weights = [".safetensors", ".pt", ".pth", ".h5", ".msgpack", ".gguf"];

    public bool HasGraph => Files.Any(f => IsGraph(f) && (!f.Contains('/') || Path.GetDirectoryName(f) == "onnx"));

    /// <summary>Whether a decoder is there as two graphs, and not as one that joins them.</summary>
    public bool IsInTwoFiles => HasFile("decoder_with_past_model") && !HasFile("decoder_model_merged") && !Files.Any(f => Path.GetFileName(f) == "model.onnx" || Path.GetFileName(f).StartsWith("model_", StringComparison.Ordinal));

    /// <summary>Graphs where none is looked for.</summary>
    public string[] GraphsElsewhere => [.. Files.Where(f => IsGraph(f) && f.Contains('/') && Path.GetDirectoryName(f) != "onnx")];

    /// <summary>A file with weights that are not in ONNX, or null.</summary>
    public string? OtherWeights => Files.FirstOrDefault(f => !f.Contains('/') && (Weights.Contains(Path.GetExtension(f)) || f.StartsWith("pytorch_model", StringComparison.Ordinal)));

    public bool Has(string file) => Files.Contains(file);

    public static FolderContents Read(string folder)
    {
        var options = new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3, IgnoreInaccessible = true };
        string[] files = [.. Directory.EnumerateFiles(folder, "*", options).Take(MostFiles).Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        var config = Config(Path.Combine(folder, "config.json"));
        var isPair = config?.IsEncoderDecoder == true || files.Any(f => f.Split('/')[^1].StartsWith("encoder_model", StringComparison.Ordinal));
        return new(files, isPair, config?.Architectures?.Any(a => a is not null && (a.EndsWith("ForCausalLM", StringComparison.Ordinal) || a.EndsWith("LMHeadModel", StringComparison.Ordinal))) == true);
    }

    private bool HasFile(string start) => Files.Any(f => IsGraph(f) && Path.GetFileName(f).StartsWith(start, StringComparison.Ordinal));

    private static bool IsGraph(string file) => file.EndsWith(".onnx", StringComparison.Ordinal);

    private static ShapeConfig? Config(string path)
    {
        try
        {
            return File.Exists(path) ? ModelJson.Read(path, ShapeJson.Default.ShapeConfig) : null;
        }
        catch (Exception e) when (e is ModelLoadException or IOException)
        {
            // Loading will say what is wrong with it.
            return null;
        }
    }
}

/// <summary>Of <c>config.json</c> what tells models that are not served.</summary>
internal sealed record ShapeConfig(string[]? Architectures, bool? IsEncoderDecoder);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ShapeConfig))]
internal sealed partial class ShapeJson : JsonSerializerContext;

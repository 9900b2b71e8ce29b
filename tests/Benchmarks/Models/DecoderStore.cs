using System.Text.Json.Nodes;
using ModelServer.Decoders;
using Testing;

namespace Benchmarks.Models;

/// <summary>The generators under test, each variant as the models folder of a platform that serves it alone.</summary>
internal static class DecoderStore
{
    private static readonly string[] Files = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json"];

    /// <summary>The generator that the platform ships with, whose tokenizer the generated one borrows.</summary>
    public static string Shipped => Path.Combine(RepositoryPaths.Models, "stories", "1");

    public static List<ModelVariant> Prepare(IReadOnlyCollection<string> models, IReadOnlyCollection<string> precisions)
    {
        List<ModelVariant> variants = [];
        foreach (var model in (string[])["stories", "decoder"])
        {
            if (models.Contains(model)) variants.AddRange(Lay(model, Source(model)));
        }

        return [.. variants.Where(v => precisions.Contains(v.Precision))];
    }

    /// <summary>The folder with all graphs of a model.</summary>
    public static string Source(string model) => model == "stories" ? Shipped : Generate();

    /// <summary>Most tokens of a prompt and its continuation together, as the model server limits them by default.</summary>
    public static int Window(ModelVariant variant)
    {
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(Path.GetDirectoryName(variant.Graph)!, "config.json")))!;
        return Math.Min((int)config["max_position_embeddings"]!, new DecoderOptions().MaxTokens);
    }

    /// <summary>A random-weight decoder of 125 M parameters, made by a script once.</summary>
    private static string Generate()
    {
        var folder = Path.Combine(BenchmarkPaths.Cache, "decoder-v3");
        if (Directory.Exists(folder)) return folder;
        Console.Error.WriteLine("Making the decoder of 12 layers …");
        var fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        ModelStore.RunScript(Path.Combine(BenchmarkPaths.Rivals, "decoder", "make_model.py"), ModelStore.Training, Shipped, fresh);
        foreach (var form in (string[])["int8", "nb8"]) ModelStore.RunScript(Path.Combine(ModelStore.Training, "quantize.py"), Path.Combine(fresh, "model.onnx"), "--format", form);
        Directory.Move(fresh, folder);
        return folder;
    }

    private static IEnumerable<ModelVariant> Lay(string model, string source)
    {
        foreach (var (precision, file) in ((string, string)[])[("fp32", "model.onnx"), ("int8", "model_int8.onnx"), ("nb8", "model_nb8.onnx"), ("q4", "model_q4.onnx")])
        {
            if (!File.Exists(Path.Combine(source, file))) continue;
            var folder = Path.Combine(BenchmarkPaths.Cache, "models", $"{model}-{precision}");
            var version = Path.Combine(folder, model, "1");
            Directory.CreateDirectory(version);
            foreach (var name in Files) File.Copy(Path.Combine(source, name), Path.Combine(version, name), overwrite: true);
            var graph = Path.Combine(version, file);
            var made = new FileInfo(Path.Combine(source, file));
            if (new FileInfo(graph) is not { Exists: true } laid || laid.Length != made.Length || laid.LastWriteTimeUtc != made.LastWriteTimeUtc) made.CopyTo(graph, overwrite: true);
            File.WriteAllText(Path.Combine(version, "serving.json"), new JsonObject { ["variant"] = precision }.ToJsonString());
            yield return new(model, precision, folder, graph);
        }
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Testing;

namespace Benchmarks.Models;

/// <summary>Puts the models under test into the cache folder, each variant as the models folder of a platform that serves it alone.</summary>
internal static class ModelStore
{
    public static string IdsFile => Path.Combine(BenchmarkPaths.Cache, "ids.json");

    public static string NodePackages => Path.Combine(BenchmarkPaths.Cache, "node");

    public static string Training => Path.Combine(RepositoryPaths.Models, "training");

    /// <summary>The shipped model, whose tokenizer the generated one borrows.</summary>
    public static string Shipped => Path.Combine(RepositoryPaths.Models, "sentiment", "1");

    public static List<ModelVariant> Prepare(IReadOnlyCollection<string> models)
    {
        List<ModelVariant> variants = [];
        if (models.Contains("tiny")) variants.AddRange(Lay("tiny", Shipped));
        if (models.Contains("distil")) variants.AddRange(Lay("distil", Generate()));
        return variants;
    }

    /// <summary>A random-weight encoder of DistilBERT's size, made by a script once.</summary>
    private static string Generate()
    {
        var folder = Path.Combine(BenchmarkPaths.Cache, "distil-v1");
        if (File.Exists(Path.Combine(folder, "model_int8.onnx"))) return folder;
        Console.Error.WriteLine("Making the DistilBERT-size model …");
        var fresh = folder + ".new";
        if (Directory.Exists(fresh)) Directory.Delete(fresh, recursive: true);
        Directory.CreateDirectory(fresh);
        foreach (var file in (string[])["tokenizer.json", "tokenizer_config.json"]) File.Copy(Path.Combine(Shipped, file), Path.Combine(fresh, file));
        RunScript(Path.Combine(BenchmarkPaths.Rivals, "distil", "make_model.py"), fresh);
        RunScript(Path.Combine(Training, "quantize.py"), Path.Combine(fresh, "model.onnx"));
        Directory.Move(fresh, folder);
        return folder;
    }

    private static IEnumerable<ModelVariant> Lay(string model, string source)
    {
        foreach (var (precision, file) in ((string, string)[])[("fp32", "model.onnx"), ("int8", "model_int8.onnx")])
        {
            var folder = Path.Combine(BenchmarkPaths.Cache, "models", $"{model}-{precision}");
            var version = Path.Combine(folder, model, "1");
            Directory.CreateDirectory(version);
            foreach (var name in (string[])["config.json", "tokenizer.json", "tokenizer_config.json"]) File.Copy(Path.Combine(source, name), Path.Combine(version, name), overwrite: true);
            var graph = Path.Combine(version, file);
            var made = new FileInfo(Path.Combine(source, file));
            if (new FileInfo(graph) is not { Exists: true } laid || laid.Length != made.Length || laid.LastWriteTimeUtc != made.LastWriteTimeUtc) made.CopyTo(graph, overwrite: true);
            WriteServing(source, version, precision);
            yield return new(model, precision, folder, graph);
        }
    }

    private static void WriteServing(string source, string version, string precision)
    {
        var path = Path.Combine(source, "serving.json");
        var serving = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!.AsObject() : [];
        serving["variant"] = precision;
        File.WriteAllText(Path.Combine(version, "serving.json"), serving.ToJsonString());
    }

    internal static void RunScript(string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(BenchmarkPaths.Python, ["-B", script, .. arguments]) { WorkingDirectory = BenchmarkPaths.Cache })!;
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{script} failed.");
    }
}

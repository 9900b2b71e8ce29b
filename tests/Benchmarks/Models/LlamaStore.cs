namespace Benchmarks.Models;

/// <summary>The generators as GGUF files, made from the same weights by a script.</summary>
internal static class LlamaStore
{
    private static readonly string[] Types = ["f32", "f16", "q8_0", "q4_0"];

    /// <summary>Where node-llama-cpp is installed.</summary>
    public static string Packages => Path.Combine(BenchmarkPaths.Cache, "llama");

    public static string File(string model, string type)
    {
        var scripts = Path.Combine(BenchmarkPaths.Rivals, "llama");
        var source = DecoderStore.Source(model);
        var folder = DerivedModel.Folder(
            "gguf", model, [Path.Combine(source, "model.onnx"), Path.Combine(scripts, "gguf.py"), Path.Combine(scripts, "make_gguf.py")],
            fresh => ModelStore.RunScript(Path.Combine(scripts, "make_gguf.py"), [source, fresh, .. Types.Select(t => $"{t}.gguf={t}")]));
        return Path.Combine(folder, $"{type}.gguf");
    }
}

/// <summary>The generators as ONNX Runtime GenAI wants them, and the program that runs them.</summary>
internal static class GenAIStore
{
    private static readonly string Source = Path.Combine(BenchmarkPaths.Rivals, "genai");

    public static string Program => Path.Combine(Source, "bin", "Release", "net10.0", "genai-rival.dll");

    public static string Folder(ModelVariant variant)
    {
        var script = Path.Combine(Source, "make_model.py");
        var config = Path.Combine(Path.GetDirectoryName(variant.Graph)!, "config.json");
        return DerivedModel.Folder(
            "genai", $"{variant.Model}-{variant.Precision}", [variant.Graph, script], fresh => ModelStore.RunScript(script, variant.Graph, config, fresh));
    }
}

/// <summary>Model files made from others, kept until those change.</summary>
internal static class DerivedModel
{
    /// <param name="sources">Files whose size or time of change make it another one.</param>
    /// <param name="make">Fills the folder that it is given.</param>
    public static string Folder(string kind, string name, string[] sources, Action<string> make)
    {
        var parent = Directory.CreateDirectory(Path.Combine(BenchmarkPaths.Cache, kind)).FullName;
        var stamp = string.Join('-', sources.Select(s => new FileInfo(s)).Select(f => $"{f.Length:x}{f.LastWriteTimeUtc.Ticks:x}"));
        var folder = Path.Combine(parent, $"{name}@{stamp}");
        if (Directory.Exists(folder)) return folder;
        foreach (var old in Directory.EnumerateDirectories(parent, $"{name}@*")) Directory.Delete(old, recursive: true);
        Console.Error.WriteLine($"Making {kind} of {name} …");
        var fresh = folder + ".new";
        Directory.CreateDirectory(fresh);
        make(fresh);
        Directory.Move(fresh, folder);
        return folder;
    }
}

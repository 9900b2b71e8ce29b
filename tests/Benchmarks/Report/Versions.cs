using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Benchmarks.Models;
using Microsoft.ML.OnnxRuntime;
using Testing;

namespace Benchmarks.Report;

/// <summary>The versions of everything that is measured.</summary>
internal static partial class Versions
{
    private static readonly (string Name, string Package)[] Debian =
    [
        ("PyTorch", "python3-torch"), ("OpenBLAS", "libopenblas0-pthread"), ("FastAPI", "python3-fastapi"), ("uvicorn", "python3-uvicorn"),
        ("nginx", "nginx-light"), ("wrk", "wrk"), ("Redis", "redis-server"),
    ];

    /// <summary>What is not installed is left out.</summary>
    public static Dictionary<string, string> Capture()
    {
        var versions = new Dictionary<string, string?>
        {
            [".NET"] = Environment.Version.ToString(),
            ["ONNX Runtime"] = OrtEnv.Instance().GetVersionString(),
            ["YARP"] = OfAssembly("Yarp.ReverseProxy"),
            ["Tokenizers.DotNet (Hugging Face tokenizers)"] = OfProject(Path.Combine(RepositoryPaths.Root, "Directory.Packages.props"), "Tokenizers.DotNet"),
            ["Node"] = CommandOutput.Of("node", "--version")?.TrimStart('v'),
            ["onnxruntime-node"] = OfNode(ModelStore.NodePackages, "onnxruntime-node"),
            ["@huggingface/transformers"] = OfNode(ModelStore.NodePackages, "@huggingface/transformers"),
            ["node-llama-cpp"] = OfNode(LlamaStore.Packages, "node-llama-cpp"),
            ["llama.cpp"] = OfNode(LlamaStore.Packages, "node-llama-cpp", "llama/llama.cpp.info.json", "tag"),
            ["ONNX Runtime GenAI"] = OfProject(Path.Combine(BenchmarkPaths.Rivals, "genai", "genai.csproj"), "Microsoft.ML.OnnxRuntimeGenAI"),
        };
        foreach (var (name, package) in Debian) versions[name] = CommandOutput.Of("dpkg-query", "-W", "-f=${Version}", package);
        return versions.Where(v => v.Value is { Length: > 0 }).ToDictionary(v => v.Key, v => v.Value!);
    }

    private static string? OfAssembly(string name)
        => Assembly.Load(name).GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];

    private static string? OfNode(string packages, string name, string inside = "package.json", string member = "version")
    {
        var file = Path.Combine(packages, "node_modules", name, inside);
        return File.Exists(file) ? JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty(member).GetString() : null;
    }

    private static string? OfProject(string project, string package)
        => Package().Matches(File.ReadAllText(project)).FirstOrDefault(m => m.Groups["id"].Value == package)?.Groups["version"].Value;

    [GeneratedRegex("""Package(Reference|Version) Include="(?<id>[^"]+)" Version="(?<version>[^"]+)" """, RegexOptions.ExplicitCapture)]
    private static partial Regex Package();
}

namespace Benchmarks.Models;

/// <summary>A generator's graph with weights of 8 bits.</summary>
/// <param name="Name">The variant, with the inputs that share a scale where it has blocks.</param>
internal sealed record WeightForm(string Name, string Graph)
{
    public const string PerRow = "int8";

    private static readonly int[] Blocks = [32, 64, 128];

    /// <summary>What <c>quantize.py</c> makes of a model; the first one is what others are held against.</summary>
    /// <param name="folder">With <c>model.onnx</c>.</param>
    public static IReadOnlyList<WeightForm> Of(string model, string folder)
    {
        var source = Path.Combine(folder, "model.onnx");
        return [new(PerRow, Make(PerRow, "--format", PerRow)), .. Blocks.Select(b => new WeightForm($"nb8 {b}", Make($"nb8-{b}", "--format", "nb8", "--block", $"{b}")))];

        string Make(string name, params string[] arguments)
        {
            string[] scripts = [.. (string[])["quantize.py", "block_quantizing.py", "graph_rewriting.py"]];
            var made = DerivedModel.Folder("forms", $"{model}-{name}", [source, .. scripts.Select(s => Path.Combine(ModelStore.Training, s))],
                fresh => ModelStore.RunScript(Path.Combine(ModelStore.Training, "quantize.py"), [source, "--out", Path.Combine(fresh, "model.onnx"), .. arguments]));
            return Path.Combine(made, "model.onnx");
        }
    }
}

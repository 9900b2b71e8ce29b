namespace Benchmarks.Models;

/// <summary>One model at one precision, in a models folder of its own.</summary>
/// <param name="Model"><c>tiny</c> or <c>distil</c>.</param>
/// <param name="Precision"><c>fp32</c>, <c>int8</c>, or a further variant of a generator.</param>
/// <param name="Folder">What <c>Models:Folder</c> is set to.</param>
/// <param name="Graph">The ONNX file that is served.</param>
internal sealed record ModelVariant(string Model, string Precision, string Folder, string Graph)
{
    public string Name => $"{Model} {Precision}";
}

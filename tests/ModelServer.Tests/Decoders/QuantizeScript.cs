using System.Diagnostics;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary><c>models/training/quantize.py</c>, in a process of its own.</summary>
internal static class QuantizeScript
{
    /// <summary>A Python that has onnx, or null.</summary>
    public static string? Python { get; } = Programs.PythonWith("numpy, onnx");

    /// <returns>How it ended, and what it said of a failure.</returns>
    public static (int ExitCode, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python!, ["-B", Path.Combine(RepositoryPaths.Models, "training", "quantize.py"), .. arguments]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxFactAttribute : FactAttribute
{
    public OnnxFactAttribute() => Skip = QuantizeScript.Python is null ? "There is no python3 with onnx." : null;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnnxTheoryAttribute : TheoryAttribute
{
    public OnnxTheoryAttribute() => Skip = QuantizeScript.Python is null ? "There is no python3 with onnx." : null;
}

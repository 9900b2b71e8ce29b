using System.Diagnostics;
using Testing;

namespace ModelServer.Tests.Decoders;

/// <summary><c>models/training/quantize.py</c>, in a process of its own.</summary>
internal static class QuantizeScript
{
    /// <summary>A Python that has onnx, or null.</summary>
    public static string? Python { get; } = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(HasOnnx);

    /// <returns>How it ended, and what it said of a failure.</returns>
    public static (int ExitCode, string Error) Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python!, ["-B", Path.Combine(RepositoryPaths.Models, "training", "quantize.py"), .. arguments]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }

    private static bool HasOnnx(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import numpy, onnx"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
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

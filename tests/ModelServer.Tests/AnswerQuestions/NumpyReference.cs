using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.AnswerQuestions;

/// <summary><c>fixtures/question_reference.py</c>, in a process of its own.</summary>
internal static class NumpyReference
{
    /// <summary>A Python that has numpy, or null.</summary>
    public static string? Python { get; } = Programs.PythonWith("numpy");

    /// <returns>What it prints of each case.</returns>
    public static JsonElement[] Ask(IEnumerable<object> cases)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, cases.Select(c => JsonSerializer.Serialize(c)));
            using var process = Process.Start(new ProcessStartInfo(Python!, [Script(), file]) { RedirectStandardOutput = true })!;
            var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            return Array.ConvertAll(lines, line => JsonSerializer.Deserialize<JsonElement>(line));
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Script([CallerFilePath] string file = "") => Path.Combine(Path.GetDirectoryName(file)!, "..", "fixtures", "question_reference.py");
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class NumpyFactAttribute : FactAttribute
{
    public NumpyFactAttribute() => Skip = NumpyReference.Python is null ? "There is no python3 with numpy." : null;
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace ModelServer.Tests.AnswerQuestions;

/// <summary><c>fixtures/question_reference.py</c>, in a process of its own.</summary>
internal static class NumpyReference
{
    /// <summary>A Python that has numpy, or null.</summary>
    public static string? Python { get; } = new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(HasNumpy);

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

    private static bool HasNumpy(string python)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", "import numpy"]) { RedirectStandardError = true })!;
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
internal sealed class NumpyFactAttribute : FactAttribute
{
    public NumpyFactAttribute() => Skip = NumpyReference.Python is null ? "There is no python3 with numpy." : null;
}

using System.ComponentModel;
using System.Diagnostics;

namespace Testing;

/// <summary>Programs that a test may run.</summary>
public static class Programs
{
    /// <summary>Whether one is on the path.</summary>
    public static bool Has(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)));

    /// <summary>A Python that has these modules, or null: the system's may have some that the path's has not.</summary>
    /// <param name="modules">As behind <c>import</c>.</param>
    public static string? PythonWith(string modules) => new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(python =>
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", $"import {modules}"]) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    });
}

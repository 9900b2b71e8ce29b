namespace Testing;

/// <summary>Programs that a test may run.</summary>
public static class Programs
{
    /// <summary>Whether one is on the path.</summary>
    public static bool Has(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name)));
}

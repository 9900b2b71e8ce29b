using Xunit;

namespace Testing;

/// <summary>What a test asks of the machine it runs on.</summary>
public enum Need
{
    Linux,
    Chromium,
    NoGpu,
    Curl,
    Strace,
    Npm,
    SmallDisk,
    TwoCores,
}

/// <summary>A test that is skipped by name, never passed, where the machine lacks what it needs.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsFactAttribute : FactAttribute
{
    public NeedsFactAttribute(Need need) => Skip = Needs.Missing(need);
}

/// <inheritdoc cref="NeedsFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NeedsTheoryAttribute : TheoryAttribute
{
    public NeedsTheoryAttribute(Need need) => Skip = Needs.Missing(need);
}

internal static class Needs
{
    /// <returns>What is missing, or null.</returns>
    public static string? Missing(Need need) => need switch
    {
        Need.Linux when !OperatingSystem.IsLinux() => "This test is about Linux processes.",
        Need.Chromium when !File.Exists("/usr/bin/chromium") => "There is no Chromium.",
        Need.NoGpu when File.Exists("/dev/nvidia0") => "This machine has a GPU.",
        Need.Curl when OperatingSystem.IsWindows() || !Programs.Has("curl") => "There is no curl, or no shell for it.",
        Need.Strace when !OperatingSystem.IsLinux() || !Programs.Has("strace") => "There is no strace.",
        Need.Npm when !Programs.Has("node") || (!OperatingSystem.IsWindows() && !Programs.Has("npm")) => "There is no node with npm.",
        Need.TwoCores when Environment.ProcessorCount < 2 => "This test is about servers that share cores, and there is one.",
        Need.SmallDisk => SmallDisk.Missing,
        _ => null,
    };
}

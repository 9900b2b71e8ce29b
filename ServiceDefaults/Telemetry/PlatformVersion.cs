using System.Reflection;

namespace ServiceDefaults.Telemetry;

/// <summary>What runs here: one version for all services of a build, from <c>VersionPrefix</c> in Directory.Build.props.</summary>
public static class PlatformVersion
{
    /// <summary>The version by the rules of SemVer: <c>1.0.0</c>, or <c>1.1.0-rc.1</c>.</summary>
    public static string Number { get; }

    /// <summary>The commit that was built, or null where the build knew none.</summary>
    public static string? Revision { get; }

    static PlatformVersion()
        => (Number, Revision) = Parse(typeof(PlatformVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);

    internal static (string Number, string? Revision) Parse(string informational)
        => informational.Split('+', 2) is [var number, { Length: > 0 } revision] ? (number, revision) : (informational.TrimEnd('+'), null);
}

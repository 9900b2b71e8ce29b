using System.Diagnostics;
using Testing;

namespace Deployment.Tests.Systemd;

/// <summary>The units of <c>deploy/systemd</c>.</summary>
public sealed class UnitTests
{
    private const int DrainSeconds = 2 + 30;
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "deploy", "systemd");

    public static TheoryData<string> Units => [.. Directory.GetFiles(Folder, "*.service").Select(file => Path.GetFileName(file)!)];

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_GivesTheServiceTimeToDrainAndStartsItAgain(string unit)
    {
        var settings = Read(unit);

        Assert.Equal("SIGTERM", Single(settings, "KillSignal"));
        Assert.True(int.Parse(Single(settings, "TimeoutStopSec")) > DrainSeconds);
        Assert.Equal("always", Single(settings, "Restart"));
        Assert.Equal("multi-user.target", Single(settings, "WantedBy"));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_HasSecretsAsCredentialsAndNoneInTheEnvironment(string unit)
    {
        var settings = Read(unit);

        Assert.Contains("Secrets__Folder=%d", settings["Environment"]);
        Assert.Equal(
            ["Authentication__GatewayKey", "ConnectionStrings__cache"], settings["LoadCredential"].Select(c => c.Split(':')[0]).Order(StringComparer.Ordinal));
        Assert.All(settings["LoadCredential"], c => Assert.Equal($"/etc/transformer-platform/secrets/{c.Split(':')[0]}", c.Split(':')[1]));
        Assert.DoesNotContain(settings["Environment"], e => e.Contains("Key", StringComparison.Ordinal) || e.Contains("ConnectionStrings", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Units))]
    public void Unit_IsHardened(string unit)
    {
        var settings = Read(unit);

        foreach (var (name, value) in new[]
        {
            ("DynamicUser", "yes"), ("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""), ("ProtectSystem", "strict"), ("ProtectHome", "yes"), ("PrivateTmp", "yes"),
            ("PrivateDevices", "yes"), ("RestrictNamespaces", "yes"), ("SystemCallArchitectures", "native"),
        }) Assert.Equal(value, Single(settings, name));
        Assert.All(["MemoryMax", "TasksMax", "LimitNOFILE"], limit => Assert.NotEmpty(Single(settings, limit)));
    }

    /// <summary>systemd's own judgement, where it is installed: 0 is all that can be done, 10 is nothing.</summary>
    [Theory]
    [MemberData(nameof(Units))]
    public async Task Unit_IsNoMoreExposedThanItWas(string unit)
    {
        if (!Programs.Has("systemd-analyze")) return;
        using var copy = new TemporaryCopy(Path.Combine(Folder, unit), unit.Replace("@.", "@1.", StringComparison.Ordinal));

        var (exitCode, output) = await RunAsync("systemd-analyze", "security", "--offline=true", "--threshold=15", "--no-pager", copy.File);
        Assert.True(exitCode == 0, output);

        (_, output) = await RunAsync("systemd-analyze", "verify", copy.File);
        Assert.DoesNotContain(output.Split('\n'), line => line.Contains(unit.Split('@', '.')[0], StringComparison.Ordinal) && !line.Contains("is not executable", StringComparison.Ordinal));
    }

    private static string Single(ILookup<string, string> settings, string name) => Assert.Single(settings[name]);

    private static ILookup<string, string> Read(string unit) => File.ReadLines(Path.Combine(Folder, unit))
        .Where(line => line.Contains('=') && line[0] != '#')
        .Select(line => line.Split('=', 2))
        .SelectMany(pair => pair[0] == "Environment" ? pair[1].Split(' ').Select(value => (Name: pair[0], Value: value)) : [(Name: pair[0], Value: pair[1])])
        .ToLookup(s => s.Name, s => s.Value);

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private sealed class TemporaryCopy : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("unit-").FullName;

        public TemporaryCopy(string source, string name) => System.IO.File.Copy(source, File = Path.Combine(_folder, name));

        public string File { get; }

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}

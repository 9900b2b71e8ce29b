using System.Diagnostics;
using Testing;

namespace Benchmarks.Tests.Scripts;

/// <summary>What <c>./bench</c> says before it does anything.</summary>
public sealed class BenchScriptTests
{
    [Theory]
    [InlineData("--fast", "Unknown option --fast.")]
    [InlineData("--only", "--only needs names.")]
    [InlineData("--only gateway,torch", "--only: torch is not one of classification generation gateway tokenizers.")]
    public async Task Bench_WithAWrongOption_SaysSoAndEndsWith2(string arguments, string sentence)
    {
        if (OperatingSystem.IsWindows()) return;
        var (exit, _, error) = await RunAsync(arguments.Split(' '));
        Assert.Equal(2, exit);
        Assert.StartsWith(sentence + "\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bench_AskedForHelp_ListsItsOptions()
    {
        if (OperatingSystem.IsWindows()) return;
        var (exit, output, _) = await RunAsync("--help");
        Assert.Equal(0, exit);
        Assert.All((string[])["--quick", "--only", "--resume", "--force", "--report"], option => Assert.Contains(option, output, StringComparison.Ordinal));
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(RepositoryPaths.Root, "bench"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

using System.Diagnostics;
using System.Globalization;

namespace AppHost.Tests;

/// <summary>Waits for what other processes do; there is no clock of theirs to move.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>How much longer than on an idle machine something may take: 1 while no more is runnable than there are cores.</summary>
    public static double Slack => OperatingSystem.IsLinux()
        ? Math.Clamp(double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture) / Environment.ProcessorCount, 1, 5)
        : 1;

    /// <returns>How long it took until the condition held.</returns>
    public static async Task<TimeSpan> HoldsAsync(Func<Task<bool>> condition, Func<string> otherwise, TimeSpan? limit = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < (limit ?? Patience), otherwise());
            await Task.Delay(Pause);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    public static Task<TimeSpan> HoldsAsync(Func<bool> condition, Func<string> otherwise, TimeSpan? limit = null)
        => HoldsAsync(() => Task.FromResult(condition()), otherwise, limit);
}

using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Xunit;

namespace Testing;

/// <summary>
/// Waits for what has no clock that a test could move: other threads, sockets and processes. A condition is polled,
/// soon at first and then every <see cref="LongestPause"/>; the limit only ends tests that would wait for ever.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(1), LongestPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Longer than anything takes that comes at all, also on a slow machine that does other things as well: only a test that fails waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>How much longer than on an idle machine something may take: 1 to 5, by what is runnable on each core.</summary>
    public static double Slack => OperatingSystem.IsLinux()
        ? Math.Clamp(Runnable() / Environment.ProcessorCount, 1, 5)
        : 1;

    /// <summary>Returns once the condition holds; fails the test after the limit.</summary>
    /// <param name="otherwise">What the failure says; the condition's own text by default.</param>
    /// <returns>How long it took until the condition held.</returns>
    public static async Task<TimeSpan> HoldsAsync(
        Func<Task<bool>> condition, Func<string>? otherwise = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string text = "")
    {
        var start = Stopwatch.GetTimestamp();
        for (var pause = FirstPause; !await condition(); pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks)))
        {
            if (Stopwatch.GetElapsedTime(start) >= (limit ?? Limit)) Assert.Fail(otherwise?.Invoke() ?? $"It did not come to hold: {text}");
            await Task.Delay(pause);
        }

        return Stopwatch.GetElapsedTime(start);
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, Func{string}?, TimeSpan?, string)"/>
    public static Task<TimeSpan> HoldsAsync(
        Func<bool> condition, Func<string>? otherwise = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string text = "")
        => HoldsAsync(() => Task.FromResult(condition()), otherwise, limit, text);

    /// <summary>Waits for a value that is not there yet, which is null until then.</summary>
    public static async Task<T> GetAsync<T>(
        Func<Task<T?>> find, Func<string>? otherwise = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(find))] string text = "")
        where T : class
    {
        T? found = null;
        await HoldsAsync(async () => (found = await find()) is not null, otherwise, limit, text);
        return found!;
    }

    /// <inheritdoc cref="GetAsync{T}(Func{Task{T}}, Func{string}?, TimeSpan?, string)"/>
    public static Task<T> GetAsync<T>(
        Func<T?> find, Func<string>? otherwise = null, TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(find))] string text = "")
        where T : class
        => GetAsync(() => Task.FromResult(find()), otherwise, limit, text);

    private static double Runnable() => double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
}

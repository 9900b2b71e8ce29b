using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;
using StackExchange.Redis;

namespace AppHost.Doctor;

/// <summary>The clock, by which tokens are valid, beside those that can be asked without asking the world: the file system's (a server's where it is remote), Redis' where
/// one is configured or runs, and the time of the last build, which has passed for certain.</summary>
internal static class ClockCheck
{
    private const string Name = "clock";
    private const string Fix = "set it, and let NTP keep it: timedatectl set-ntp true";
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(30);

    /// <summary>What the file system says when a file is written now.</summary>
    public static DateTime FileTime()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "now");
            return File.GetLastWriteTimeUtc(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What Redis says; null where none is known or none answers.</summary>
    public static async Task<TimeSpan?> RedisSkewAsync(string? connectionString)
    {
        if (connectionString is null) return null;
        try
        {
            var options = ConfigurationOptions.Parse(connectionString);
            (options.ConnectTimeout, options.ConnectRetry, options.AbortOnConnectFail) = (2000, 1, true);
            await using var redis = await ConnectionMultiplexer.ConnectAsync(options);
            return DateTime.UtcNow - await redis.GetServers()[0].TimeAsync();
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ArgumentException)
        {
            return null;
        }
    }

    /// <param name="built">A time that has passed for certain.</param>
    /// <param name="redis">By how much Redis' clock is behind.</param>
    public static DoctorResult Of(DateTime now, DateTime file, DateTime built, TimeSpan? redis = null)
    {
        if (redis?.Duration() > Tolerance)
            return DoctorResult.Warn(Name, $"Redis' clock differs by {Seconds(redis.Value.Duration())} s: limits and revoked tokens end at other times than they should.", "set both clocks, and let NTP keep them: timedatectl set-ntp true");
        if (now < built - Tolerance) return DoctorResult.Fail(Name, $"It is {Words(now)} by the clock, but this program was built at {Words(built)}: the clock is behind.", Fix);
        var skew = (now - file).Duration();
        return skew > Tolerance
            ? DoctorResult.Warn(Name, $"The file system's clock differs by {Seconds(skew)} s: tokens of other machines may be taken for expired or not yet valid.", Fix)
            : DoctorResult.Ok(Name, $"{Words(now)}, as the file system{(redis is null ? " says" : " and Redis say")}");
    }

    private static string Seconds(TimeSpan skew) => skew.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);

    private static string Words(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <summary>The file with the keys that this machine's platform has generated.</summary>
internal static class SecretsCheck
{
    private const string Name = "user secrets";

    public static string File() => PathHelper.GetSecretsPathFromSecretsId("transformer-platform-apphost");

    public static DoctorResult Of(string file)
    {
        if (!System.IO.File.Exists(file)) return DoctorResult.Ok(Name, "none yet: the first start makes them");
        try
        {
            // Read as it will be read: with a byte order mark, comments and all.
            new ConfigurationBuilder().AddJsonFile(file).Build();
            return DoctorResult.Ok(Name, "can be read");
        }
        catch (InvalidDataException)
        {
            return DoctorResult.Fail(Name, $"{file} is not JSON.", "mend or delete it; a new key is made at the next start, and tokens of the old one are refused");
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            return DoctorResult.Fail(Name, $"{file} cannot be read by this user.", "give the file back to the user who starts the platform: it was written by another, such as root");
        }
    }
}

/// <summary>Files and connections that a process may have open.</summary>
internal static class FilesCheck
{
    private const string Name = "open files";
    private const long Needed = 1024;
    private const long Wanted = 8192;

    /// <summary>The limit that a process of .NET gets, which raises its own to the hard one; null where the system has none of that kind.</summary>
    public static long? OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits)) return null;
        var cells = File.ReadLines(Limits).FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return cells is [_, _, _, _, var hard, ..] && long.TryParse(hard, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    public static DoctorResult Of(long? limit, int replicas) => limit switch
    {
        null => DoctorResult.Ok(Name, "without a limit"),
        < Needed => DoctorResult.Fail(Name, $"A process may have {limit} open; a gateway in front of {replicas} replicas needs {Needed} at least.", $"ulimit -Hn {Wanted}, or LimitNOFILE={Wanted} of the service"),
        < Wanted => DoctorResult.Warn(Name, $"A process may have {limit} open: so many connections at most, at the gateway.", $"ulimit -Hn {Wanted}, or LimitNOFILE={Wanted} of the service"),
        _ => DoctorResult.Ok(Name, $"{limit} for each process"),
    };
}

/// <summary>Whether files can be watched, which .NET does for its settings: without it services end at their start.</summary>
internal static class WatchCheck
{
    private const string Name = "file watches";

    /// <returns>Why it fails; null if it does not.</returns>
    public static string? Try(string folder)
    {
        try
        {
            using var watcher = new FileSystemWatcher(folder) { EnableRaisingEvents = true };
            return null;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return e.Message;
        }
    }

    public static DoctorResult Of(string? failure) => failure is null
        ? DoctorResult.Ok(Name, "can be had")
        : DoctorResult.Fail(Name, $"None is left for this user: {failure}", "sysctl fs.inotify.max_user_instances=1024, or DOTNET_USE_POLLING_FILE_WATCHER=1 in the environment");
}

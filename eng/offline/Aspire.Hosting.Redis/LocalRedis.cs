using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>How redis-server is started on this machine: all of its configuration, the password too, on standard input.</summary>
internal static class LocalRedis
{
    private const string ConfigurationVariable = "REDIS_CONFIGURATION";

    // The variable is gone before the server runs, so that neither its arguments nor its environment tell the password.
    private const string Script = $"""
        configuration=${ConfigurationVariable}; unset {ConfigurationVariable}
        exec redis-server - <<END
        $configuration
        END
        """;

    public static async ValueTask<(IReadOnlyList<string> Args, IReadOnlyDictionary<string, string> Environment)> PrepareAsync(RedisResource redis, string appHostDirectory, CancellationToken cancellationToken)
    {
        if (!OnPath("redis-server")) throw new DistributedApplicationException("redis-server was not found on the PATH.");
        var port = redis.PrimaryEndpoint.Port.ToString(CultureInfo.InvariantCulture);
        List<string> lines = [$"port {port}", "bind 127.0.0.1 -::1", "protected-mode yes", "daemonize no"];
        if (redis.PasswordParameter is { } password) lines.Add($"requirepass {Quote(await password.GetValueAsync(cancellationToken).ConfigureAwait(false) ?? "")}");
        var persistence = redis.Annotations.OfType<RedisPersistenceAnnotation>().LastOrDefault();
        lines.Add(persistence is null ? "save \"\"" : string.Create(CultureInfo.InvariantCulture, $"save {persistence.Interval.TotalSeconds} {persistence.Keys}"));
        if (redis.Annotations.OfType<ContainerMountAnnotation>().LastOrDefault(m => m.Target == "/data") is { Source: { } source } mount)
        {
            var folder = mount.Type == ContainerMountType.BindMount ? source : Path.Combine(appHostDirectory, "obj", "volumes", source);
            Directory.CreateDirectory(folder);
            lines.Add($"dir {Quote(folder)}");
        }

        return (["-c", Script], new Dictionary<string, string> { [ConfigurationVariable] = string.Join('\n', lines) });
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    /// <summary>A quoted string of redis.conf.</summary>
    private static string Quote(string value) => $"\"{value.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";
}

namespace AppHost.Cache;

/// <summary>The redis-server of this machine: nothing on disk.</summary>
internal static class RedisProcess
{
    /// <summary>The configuration goes to standard input, and the variable is gone before exec: the password stands in no argument
    /// list, no file and no environment of the server, and the server keeps the process id that gets the signals.</summary>
    private const string Script = """
        password=$REDIS_PASSWORD; unset REDIS_PASSWORD
        exec redis-server - <<END
        port $REDIS_PORT
        bind 127.0.0.1 -::1
        requirepass $password
        save ""
        appendonly no
        maxmemory 256mb
        maxmemory-policy volatile-lru
        END
        """;

    /// <summary>The script above is one for a shell.</summary>
    public static bool IsInstalled => !OperatingSystem.IsWindows() && ProgramPath.Find("redis-server") is not null;

    public static IResourceBuilder<LocalRedis> AddRedisProcess(this IDistributedApplicationBuilder builder, string name) => builder.AddLocalRedis(name, "/bin/sh", "-c", Script);
}

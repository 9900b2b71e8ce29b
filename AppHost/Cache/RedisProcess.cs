using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Cache;

/// <summary>A redis-server of this machine as a resource: loopback only, nothing on disk, a generated password.</summary>
internal sealed class RedisProcess(string name, string folder, ParameterResource password) : ExecutableResource(name, "/bin/sh", folder), IResourceWithConnectionString
{
    public EndpointReference Endpoint => new(this, RedisProcessExtensions.EndpointName);

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Endpoint.Property(EndpointProperty.HostAndPort)},password={password}");
}

internal static class RedisProcessExtensions
{
    public const string EndpointName = "tcp";

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

    public static IResourceBuilder<RedisProcess> AddRedisProcess(this IDistributedApplicationBuilder builder, string name)
    {
        // No special characters: the password passes through a here-document.
        var password = builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        var redis = new RedisProcess(name, builder.AppHostDirectory, password.Resource);
        var check = $"{name}-ping";
        builder.Services.AddHealthChecks().AddAsyncCheck(check, async token => await RedisPing.CheckAsync(redis.Endpoint.Port, await password.Resource.GetValueAsync(token), token));
        return builder.AddResource(redis)
            .WithArgs("-c", Script)
            .WithEndpoint(scheme: "redis", name: EndpointName, env: "REDIS_PORT")
            .WithEnvironment("REDIS_PASSWORD", password)
            .WithHealthCheck(check)
            .ExcludeFromManifest();
    }
}

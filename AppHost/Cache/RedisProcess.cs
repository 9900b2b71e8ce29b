using AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Cache;

/// <summary>A redis-server of this machine as a resource: loopback only, nothing on disk, a generated password.</summary>
internal sealed class RedisProcess(string name, string server, string folder, ParameterResource password)
    : ExecutableResource(name, server, folder), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public ParameterResource Password => password;

    public ReferenceExpression ConnectionStringExpression
        => ReferenceExpression.Create($"{new EndpointReference(this, EndpointName).Property(EndpointProperty.HostAndPort)},password={password}");
}

internal static class RedisProcessExtensions
{
    public static IResourceBuilder<RedisProcess> AddRedisProcess(this IDistributedApplicationBuilder builder, string name, string server)
    {
        var password = builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        // A folder that only this user can enter: the configuration holds the password, which must not stand on the command line.
        var folder = Directory.CreateTempSubdirectory("transformer-platform-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);

        var port = LoopbackPorts.Free();
        var check = $"{name}-ping";
        builder.Services.AddHealthChecks().AddAsyncCheck(check, async token => await RedisPing.CheckAsync(port, await password.Resource.GetValueAsync(token), token));
        return builder.AddResource(new RedisProcess(name, server, folder, password.Resource))
            // The server itself listens there: no proxy, so that the number is known when the configuration is written.
            .WithEndpoint(port: port, targetPort: port, scheme: "redis", name: RedisProcess.EndpointName, isProxied: false)
            .WithHealthCheck(check)
            .WithArgs(async context => context.Args.Add(await WriteConfigurationAsync(folder, port, await password.Resource.GetValueAsync(context.CancellationToken))))
            .ExcludeFromManifest();
    }

    private static async Task<string> WriteConfigurationAsync(string folder, int port, string? password)
    {
        var path = Path.Combine(folder, "redis.conf");
        await File.WriteAllLinesAsync(path,
        [
            $"port {port}",
            "bind 127.0.0.1",
            $"requirepass {password}",
            "save \"\"",
            "appendonly no",
            "maxmemory 256mb",
            "maxmemory-policy allkeys-lru",
        ]);
        return path;
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace AppHost.Cache;

/// <summary>A server that speaks Redis' protocol as a process of this machine: on loopback, behind a generated password, with no proxy before it.</summary>
internal sealed class LocalRedis(string name, string command, string folder, ParameterResource password) : ExecutableResource(name, command, folder), IResourceWithConnectionString
{
    public const string EndpointName = "tcp";

    public EndpointReference Endpoint => new(this, EndpointName);

    /// <summary>By address: the servers listen on 127.0.0.1, which is not all that "localhost" can be.</summary>
    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"127.0.0.1:{Endpoint.Property(EndpointProperty.Port)},password={password}");
}

internal static class LocalRedisExtensions
{
    /// <summary>The program reads its port from <c>REDIS_PORT</c> and its password from <c>REDIS_PASSWORD</c>: a command line can be read by everybody on the machine.</summary>
    public static IResourceBuilder<LocalRedis> AddLocalRedis(this IDistributedApplicationBuilder builder, string name, string command, params string[] arguments)
    {
        // No special characters: the password passes through connection strings and a here-document.
        var password = builder.AddParameter($"{name}-password", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        var redis = new LocalRedis(name, command, builder.AppHostDirectory, password.Resource);
        string? connectionString = null;
        builder.Eventing.Subscribe<ConnectionStringAvailableEvent>(redis, async (_, token) => connectionString = await redis.ConnectionStringExpression.GetValueAsync(token));
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().AddRedis(_ => connectionString ?? throw new InvalidOperationException("The server has no address yet."), check);
        return builder.AddResource(redis)
            .WithArgs([.. arguments])
            .WithEndpoint(scheme: "redis", name: LocalRedis.EndpointName, env: "REDIS_PORT", isProxied: false)
            .WithEnvironment("REDIS_PASSWORD", password)
            .WithHealthCheck(check)
            .ExcludeFromManifest();
    }
}

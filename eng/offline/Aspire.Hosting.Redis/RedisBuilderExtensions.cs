using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

public static class RedisBuilderExtensions
{
    private const string Registry = "docker.io", Image = "library/redis", Tag = "8.6";

    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        // A comma would end the password inside the connection string.
        var parameter = password?.Resource ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, parameter);
        var check = $"{name}_check";
        builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(check, _ => new RedisHealthCheck(redis), null, null));
        return builder.AddResource(redis)
            .WithEndpoint(port: port, targetPort: 6379, name: RedisResource.PrimaryEndpointName, scheme: "redis")
            .WithAnnotation(new ContainerImageAnnotation { Registry = Registry, Image = Image, Tag = Tag })
            .WithIconName("Database")
            .WithHealthCheck(check)
            .WithEntrypoint("/bin/sh")
            .WithEnvironment(c => c.EnvironmentVariables["REDIS_PASSWORD"] = parameter)
            .WithArgs(c => PublishedArgs(c, redis))
            .WithAnnotation(new LocalProcessAnnotation("/bin/sh", token => LocalRedis.PrepareAsync(redis, builder.AppHostDirectory, token)));
    }

    /// <summary>A named volume; here a folder of that name below the AppHost's obj.</summary>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        var application = builder.ApplicationBuilder;
        var safeName = new string([.. application.Environment.ApplicationName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_')]);
        builder.WithVolume(name ?? $"{safeName}-{application.Configuration["AppHost:Sha256"]![..10]}".ToLowerInvariant() + $"-{builder.Resource.Name}-data", "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    public static IResourceBuilder<RedisResource> WithPersistence(this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
        => builder.WithAnnotation(new RedisPersistenceAnnotation(interval ?? TimeSpan.FromSeconds(60), keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);

    private static void PublishedArgs(CommandLineArgsCallbackContext context, RedisResource redis)
    {
        var command = "redis-server --requirepass $REDIS_PASSWORD";
        if (redis.Annotations.OfType<RedisPersistenceAnnotation>().LastOrDefault() is { } p) command += string.Create(CultureInfo.InvariantCulture, $" --save {p.Interval.TotalSeconds} {p.Keys}");
        context.Args.Add("-c");
        context.Args.Add(command);
    }
}

internal sealed record RedisPersistenceAnnotation(TimeSpan Interval, long Keys) : IResourceAnnotation;

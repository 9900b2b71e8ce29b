
namespace Gateway.Replicas;

internal static class ReplicasExtensions
{
    public static void AddReplicas(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ReplicaOptions, ReplicaOptionsValidator>(ReplicaOptions.SectionName);
        services.AddValidatedOptions<ConnectionOptions, ConnectionOptionsValidator>(ConnectionOptions.SectionName);
        services.AddSingleton<ReplicaPool>();
        services.AddSingleton<ReplicaQuestions>();
        services.AddHostedService<ReplicaProbe>();
    }
}

using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.Runtime;

namespace ModelServer.Models;

internal static class ModelsExtensions
{
    /// <summary>The models folder, the catalog, what follows rollouts, and what their exceptions mean to a caller. After <c>AddRollouts</c>.</summary>
    public static void AddModels(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ModelsOptions, ModelsOptionsValidator>(ModelsOptions.SectionName);
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelFactory>();
        services.AddSingleton(provider => new LoadMemory(provider.GetRequiredService<IOptions<ModelsOptions>>().Value.MemoryLimitBytes));
        services.AddSingleton<VersionLoader>();
        services.AddSingleton<VersionReports>();
        services.AddSingleton<RolloutFollower>();
        services.AddHostedService(provider => provider.GetRequiredService<RolloutFollower>());
        services.AddHostedService<FolderWatch>();
        services.MapException<ModelNotFoundException>(e => new(404, e.Message) { Param = "model", Code = "model_not_found" });
        services.MapException<ModelChoiceException>(e => new(422, e.Message) { Param = "model", Code = "model_invalid" });
        services.MapException<OverloadedException>(e => new(503, e.Message) { Code = "overloaded", RetryAfter = e.RetryAfter });
        services.MapException<ModelNotReadyException>(e => new(503, e.Message) { Code = "model_not_ready", RetryAfter = TimeSpan.FromSeconds(2), AskElsewhere = true });
    }

    /// <summary>A kind of model that is served.</summary>
    public static void AddTask<TTask>(this IServiceCollection services)
        where TTask : class, ITask => services.AddSingleton<ITask, TTask>();
}

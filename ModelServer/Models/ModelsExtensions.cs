using Microsoft.Extensions.Options;
using ModelServer.Admission;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Models;

internal static class ModelsExtensions
{
    /// <summary>The models folder, the catalog, the loader and what their exceptions mean to a caller.</summary>
    public static void AddModels(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<ModelsOptions, ModelsOptionsValidator>(ModelsOptions.SectionName);
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelFactory>();
        services.AddSingleton(provider => new LoadMemory(provider.GetRequiredService<IOptions<ModelsOptions>>().Value.MemoryLimitBytes));
        services.AddSingleton<VersionLoader>();
        services.AddSingleton<ModelActivations>();
        services.AddSingleton<ModelLifecycle>();
        services.AddHostedService<ModelLoader>();
        services.AddHostedService<FolderWatch>();
        services.MapException<ModelNotFoundException>(e => new(404, e.Message) { Param = "model", Code = "model_not_found" });
        services.MapException<ModelChoiceException>(e => new(422, e.Message) { Param = "model", Code = "model_invalid" });
        services.MapException<ModelConflictException>(e => new(409, e.Message) { Code = "model_conflict" });
        services.MapException<ModelLoadException>(e => new(422, e.Message) { Code = "model_load_failed" });
        services.MapException<ModelMemoryException>(e => new(507, e.Message) { Code = "insufficient_memory" });
        services.MapException<OverloadedException>(e => new(503, e.Message) { Code = "overloaded", RetryAfter = e.RetryAfter });
        services.MapException<ModelNotReadyException>(e => new(503, e.Message) { Code = "model_not_ready", RetryAfter = TimeSpan.FromSeconds(2) });
    }

    /// <summary>A kind of model that is served.</summary>
    public static void AddTask<TTask>(this IServiceCollection services)
        where TTask : class, ITask => services.AddSingleton<ITask, TTask>();
}

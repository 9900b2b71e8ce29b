using System.Security.Claims;
using ModelServer.Classify;
using ModelServer.Embed;
using ModelServer.Generation;
using ModelServer.LateInteraction;
using ModelServer.Models;
using ModelServer.Rerank;
using ModelServer.SparseEmbed;

namespace ModelServer.HuggingFace;

/// <summary>Chooses the model for routes that say neither model nor task, since the servers they come from have one model each.</summary>
internal static class DefaultModel
{
    private static readonly string[] Tasks = [EmbeddingTask.Id, SparseEmbeddingTask.Id, RerankTask.Id, LateInteractionTask.Id, ClassificationTask.Id, GenerationTask.Id];

    /// <param name="model"><c>name</c>, <c>name:version</c>, or null for the default of the first task that has one.</param>
    /// <inheritdoc cref="ModelCatalog.AcquireNamed"/>
    public static ModelLease<LoadedModel> AcquireAny(this ModelCatalog catalog, string? model, ClaimsPrincipal user)
        => model is not null ? catalog.AcquireNamed(model, user) : catalog.Acquire<LoadedModel>(null, Array.Find(Tasks, catalog.HasDefault) ?? EmbeddingTask.Id, user);
}

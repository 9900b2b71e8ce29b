using ModelServer.Models;
using ServiceDefaults.Drift;

namespace ModelServer.Drift;

/// <summary><c>/drift/{model}</c>, for gateways: what this server has seen of a model's versions, and baselines. A gateway asks all servers and merges.</summary>
internal static class DriftEndpoints
{
    public static IResult Get(string model, DriftWatches watches, ModelCatalog catalog)
    {
        var found = watches.Of(catalog, model);
        if (found is [] && !catalog.Versions.Any(v => v.Name == model)) return Unknown(model);
        return TypedResults.Json(new ReplicaDrift(model, catalog.Active(model)?.Version, watches.Settings, Array.ConvertAll(found, w => w.Tell())), DriftJson.Default.ReplicaDrift);
    }

    /// <summary>Begins anew with one version, or with all.</summary>
    public static async Task<IResult> ResetAsync(string model, string? version, DriftWatches watches, ModelCatalog catalog, BaselineStore store, CancellationToken cancellationToken)
    {
        var found = Array.FindAll(watches.Of(catalog, model), w => version is null || w.Version == version);
        if (found is []) return Unknown(model, version);
        foreach (var watch in found) await store.ResetAsync(watch, cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Takes the baseline of one version; of the active one where none is named.</summary>
    public static async Task<IResult> StoreAsync(
        DriftBaseline baseline, string model, string? version, DriftWatches watches, ModelCatalog catalog, BaselineStore store, TimeProvider time, CancellationToken cancellationToken)
    {
        version ??= catalog.Active(model)?.Version;
        if (Array.Find(watches.Of(catalog, model), w => w.Version == version) is not { } watch) return Unknown(model, version);
        if (DriftBaselines.Fault(baseline, watch.Features, watch.Labels) is { } fault) return new FieldErrorResult(fault);
        await store.ReplaceAsync(watch, baseline with { Model = watch.Model, Version = watch.Version, StoredAt = time.GetUtcNow() }, cancellationToken);
        return TypedResults.NoContent();
    }

    private static ApiErrorResult Unknown(string model, string? version = null)
        => new(new(404, $"The model '{(version is null ? model : $"{model}:{version}")}' does not exist here.") { Param = "model", Code = "model_not_found" });
}

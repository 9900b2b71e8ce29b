using ModelServer.Models;

namespace ModelServer.Administration;

/// <summary><c>/admin/models</c>: the versions on this replica, and what an administrator may do to them.</summary>
internal static class ModelAdminEndpoints
{
    public static void MapModelAdmin(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/models").RequireAuthorization(Scopes.Admin);
        group.MapGet("", List);
        group.MapPost("{name}/rollback", RollbackAsync);
        group.MapPost("{name}/versions/{version}/load", LoadAsync);
        group.MapPost("{name}/versions/{version}/activate", ActivateAsync);
        group.MapPost("{name}/versions/{version}/unload", UnloadAsync);
    }

    private static ModelAdminList List(ModelCatalog catalog, ModelActivations activations)
        => new([.. catalog.Versions.Select(v => v.Name).Distinct().Select(name => Describe(name, catalog, activations))]);

    private static async Task<ModelAdminCard> LoadAsync(
        string name, string version, ModelLifecycle lifecycle, ModelCatalog catalog, ModelActivations activations, CancellationToken cancellationToken)
    {
        await lifecycle.LoadAsync(name, version, cancellationToken);
        return Describe(name, catalog, activations);
    }

    private static async Task<ModelAdminCard> ActivateAsync(
        string name, string version, ModelLifecycle lifecycle, ModelCatalog catalog, ModelActivations activations, CancellationToken cancellationToken)
    {
        await lifecycle.ActivateAsync(name, version, cancellationToken);
        return Describe(name, catalog, activations);
    }

    private static async Task<ModelAdminCard> RollbackAsync(
        string name, ModelLifecycle lifecycle, ModelCatalog catalog, ModelActivations activations, CancellationToken cancellationToken)
    {
        await lifecycle.RollbackAsync(name, cancellationToken);
        return Describe(name, catalog, activations);
    }

    /// <summary>200 when the version is unloaded, 202 when it still drains.</summary>
    private static async Task<IResult> UnloadAsync(
        string name, string version, ModelLifecycle lifecycle, ModelCatalog catalog, ModelActivations activations, CancellationToken cancellationToken, bool force = false)
    {
        await lifecycle.UnloadAsync(name, version, force, cancellationToken);
        var card = Describe(name, catalog, activations);
        return card.Versions.Any(v => v.Version == version && v.State == ModelState.Deprecated) ? TypedResults.Accepted((string?)null, card) : TypedResults.Ok(card);
    }

    private static ModelAdminCard Describe(string name, ModelCatalog catalog, ModelActivations activations)
    {
        var active = catalog.Active(name);
        return new ModelAdminCard(
            name,
            active?.Version,
            catalog.Chosen(name),
            activations.Of(name).Previous,
            [.. catalog.Versions.Where(v => v.Name == name).Select(v => new ModelAdminVersion(v.Version, v.State, v == active, v.Reason, v.Leases, v.ServedTask))]);
    }
}

public sealed record ModelAdminList(ModelAdminCard[] Data);

/// <param name="ActiveVersion">The version that answers requests for the bare name; null while none is ready.</param>
/// <param name="ChosenVersion">The version an administrator activated; null when the highest ready one is active.</param>
/// <param name="PreviousVersion">Where a rollback leads; null when no other was active before.</param>
public sealed record ModelAdminCard(string Id, string? ActiveVersion, string? ChosenVersion, string? PreviousVersion, ModelAdminVersion[] Versions);

/// <param name="Reason">Why the version does not serve, when its state is <c>error</c>.</param>
/// <param name="Leases">Requests that use it now.</param>
public sealed record ModelAdminVersion(string Version, ModelState State, bool Active, string? Reason, int Leases, string? Task);

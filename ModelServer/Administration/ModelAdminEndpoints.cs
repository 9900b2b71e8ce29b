using ModelServer.Models;

namespace ModelServer.Administration;

/// <summary><c>GET /admin/models</c>: the versions on this replica. What is to become of them is told to the gateway, for all replicas at once.</summary>
internal static class ModelAdminEndpoints
{
    public static void MapModelAdmin(this IEndpointRouteBuilder routes)
        => routes.MapGet("/admin/models", List).RequireAuthorization(Scopes.Admin);

    private static ModelAdminList List(ModelCatalog catalog)
        => new([.. catalog.Versions.Select(v => v.Name).Distinct().Select(name => Describe(name, catalog))]);

    private static ModelAdminCard Describe(string name, ModelCatalog catalog)
    {
        var (active, document) = (catalog.Active(name), catalog.Document(name));
        return new ModelAdminCard(
            name,
            document?.Revision ?? 0,
            active?.Version,
            [.. catalog.Versions.Where(v => v.Name == name).Select(v => new ModelAdminVersion(v.Version, v.State, v == active, v.Reason, v.Order, v.Leases, v.ServedTask))]);
    }
}

public sealed record ModelAdminList(ModelAdminCard[] Data);

/// <param name="Revision">That of the document that is obeyed; 0 where there is none and the highest ready version is active.</param>
/// <param name="ActiveVersion">The version that answers requests for the bare name; null while it is not ready here.</param>
public sealed record ModelAdminCard(string Id, long Revision, string? ActiveVersion, ModelAdminVersion[] Versions);

/// <param name="Reason">Why the version does not serve.</param>
/// <param name="Order">The number of the wish that its state answers.</param>
/// <param name="Leases">Requests that use it now.</param>
public sealed record ModelAdminVersion(string Version, ModelState State, bool Active, string? Reason, long Order, int Leases, string? Task);

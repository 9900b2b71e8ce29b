using System.Security.Claims;
using ModelServer.OpenAI;
using ModelServer.Requests;

namespace ModelServer.Models;

/// <summary>What a token may see of the catalog, as <c>/v1/models</c> and, for the gateway, <c>/health</c> tell it.</summary>
internal static class ModelListing
{
    public static ModelCard[] Of(ModelCatalog catalog, ClaimsPrincipal user)
        => [.. catalog.Versions.Where(user.MaySee).Select(v => v.Name).Distinct().Select(name => Describe(catalog, user, name))];

    public static ModelCard Describe(ModelCatalog catalog, ClaimsPrincipal user, string name)
    {
        var versions = catalog.Versions.Where(v => v.Name == name && user.MaySee(v)).ToArray();
        var active = catalog.Active(name) is { } answering && user.MaySee(answering) ? answering : null;
        return new ModelCard(
            name,
            "model",
            versions.Min(v => v.FoundAt).ToUnixTimeSeconds(),
            "organization",
            active?.Loaded?.Task,
            active?.Version,
            [.. versions.Select(v => new ModelVersionCard(v.Version, v.State, v.Reason, v.Loaded?.Task, v.Loaded?.Variant, v.Loaded?.MaxTokens, v.Loaded?.Labels))]);
    }
}

public sealed record ModelList(ModelCard[] Data, string Object = "list");

/// <param name="Id">The name to use as <c>model</c>.</param>
/// <param name="Created">When the server found it, in seconds since 1970.</param>
/// <param name="ActiveVersion">The version that answers requests for the bare name; null while none is ready.</param>
public sealed record ModelCard(string Id, string Object, long Created, string OwnedBy, string? Task, string? ActiveVersion, ModelVersionCard[] Versions);

/// <param name="Reason">Why the version does not serve, when its state is <c>error</c>.</param>
/// <param name="MaxTokens">Longest input in tokens, special tokens included.</param>
public sealed record ModelVersionCard(string Version, ModelState State, string? Reason, string? Task, string? Variant, int? MaxTokens, string[]? Labels);

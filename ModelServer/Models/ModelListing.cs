using System.Security.Claims;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Lists what a token may see of the catalog, as <c>/v1/models</c> and, for the gateway, <c>/health</c> tell it.</summary>
internal static class ModelListing
{
    public static ModelDescription[] Of(ModelCatalog catalog, ClaimsPrincipal user)
        => [.. catalog.Versions.Where(v => v.IsVisibleTo(user)).Select(v => v.Name).Distinct().Select(name => Describe(catalog, user, name))];

    public static ModelDescription Describe(ModelCatalog catalog, ClaimsPrincipal user, string name)
    {
        var versions = catalog.Versions.Where(v => v.Name == name && v.IsVisibleTo(user)).ToArray();
        var active = catalog.Active(name) is { } answering && answering.IsVisibleTo(user) ? answering : null;
        return new ModelDescription(
            name,
            "model",
            versions.Min(v => v.FoundAt).ToUnixTimeSeconds(),
            "organization",
            active?.Loaded?.Task,
            active?.Version,
            [.. versions.Select(Describe)]);
    }

    private static ModelVersionDescription Describe(ModelVersion version)
    {
        var loaded = version.Loaded;
        return new(version.Version, Word(version.State), version.Reason, loaded?.Task, loaded?.Variant, loaded?.MaxTokens, loaded?.Labels, [.. loaded?.Source.Warnings ?? []], Defaults(loaded?.Defaults));
    }

    /// <returns>Null where the model's files say nothing.</returns>
    private static ModelDefaults? Defaults(SamplingDefaults? d)
        => d is null || d == SamplingDefaults.None ? null : new(d.Temperature, d.TopK, d.TopP, d.MinP, d.RepetitionPenalty, d.MaxTokens);

    public static string Word(ModelState state) => state switch
    {
        ModelState.Loading => ModelVersionDescription.Loading,
        ModelState.Ready => ModelVersionDescription.Ready,
        ModelState.Deprecated => ModelVersionDescription.Deprecated,
        ModelState.Unloaded => ModelVersionDescription.Unloaded,
        _ => ModelVersionDescription.Error,
    };
}

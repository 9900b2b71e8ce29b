namespace Gateway.Bodies;

/// <summary>The model that an address names, by the Open Inference Protocol.</summary>
internal static class ModelPath
{
    private const string Models = "/v2/models";

    /// <summary>Returns the model of <c>/v2/models/{name}</c> or <c>/v2/models/{name}/versions/{version}</c>; null for any other address.</summary>
    public static string? Of(PathString path) => path.StartsWithSegments(Models, out var rest) ? rest.Value?.Split('/') switch
    {
        [_, { Length: > 0 } name, "versions", { Length: > 0 } version, ..] => $"{name}:{version}",
        [_, { Length: > 0 } name, ..] => name,
        _ => null,
    } : null;
}

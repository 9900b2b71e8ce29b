namespace Gateway.ApiDocs;

/// <summary>The API document's table of contents: a new public route is one entry in one of these lists.</summary>
internal static class PublicRoutes
{
    public static readonly PublicRoute[] All =
        [.. PredictionRoutes.All, .. GenerationRoutes.All, .. ResponsesRoutes.All, .. DialectRoutes.All, .. OpenInferenceRoutes.All, .. PlatformRoutes.All, .. AdministrationRoutes.All, .. ModelRolloutRoutes.All];
}

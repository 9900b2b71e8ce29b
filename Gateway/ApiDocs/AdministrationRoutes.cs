using Gateway.Administration;

namespace Gateway.ApiDocs;

/// <summary>Routes for administrators.</summary>
internal static class AdministrationRoutes
{
    private const string Drift = """
        {"model":"sentiment","version":"1","task":"text-classification","state":"alarm","replicas":2,"observations":4200,
        "baseline":{"samples":1000,"of":1000,"from":"2030-01-30T08:00:00+00:00","to":"2030-01-30T09:30:00+00:00"},"window":{"samples":500,"of":500,"from":"2030-01-31T11:10:00+00:00","to":"2030-01-31T11:55:00+00:00"},
        "rule":{"alpha":0.01,"horizon":10000,"look_every":100,"threshold":0.0001,"correction":"holm"},
        "features":[{"feature":"length","test":"kolmogorov_smirnov","statistic":0.41,"p_value":1.2e-50,"adjusted_p_value":3.6e-50,"psi":0.93,"baseline_mean":11.2,"window_mean":24.9,"alarm":true}],
        "labels":[{"label":"negative","baseline_share":0.44,"window_share":0.48,"baseline_confidence":0.97,"window_confidence":0.91},{"label":"positive","baseline_share":0.56,"window_share":0.52,"baseline_confidence":0.98,"window_confidence":0.93}],
        "compared_with":null,"quality":{"samples":3,"accuracy":0.667,"confusion":{"positive":{"positive":2,"negative":1}},"calibration_error":0.28}}
        """;

    private static readonly QueryField Version = new("version", typeof(string), "The version alone; without it the active one.");

    public static readonly PublicRoute[] All =
    [
        new("GET", "/admin/replicas", "listReplicas", Tags.Administration, "Lists the model servers as this gateway sees them.", Scopes.Admin) { Response = typeof(ReplicaListing) },
        new("POST", "/admin/replicas/{id}/drain", "drainReplica", Tags.Administration, "Gives a model server nothing new; what it has, it finishes.", Scopes.Admin)
        {
            Response = typeof(ReplicaDescription),
            OtherStatuses = [404],
        },
        new("POST", "/admin/replicas/{id}/resume", "resumeReplica", Tags.Administration, "Gives a model server requests again.", Scopes.Admin)
        {
            Response = typeof(ReplicaDescription),
            OtherStatuses = [404],
        },
        new("GET", "/admin/models/{name}/drift", "getDrift", Tags.Administration, "Compares what a version got and answered lately with what it did at first, and tells how often it was right.", Scopes.Admin)
        {
            Query = [Version],
            Response = typeof(DriftReport),
            ResponseExample = Drift,
            OtherStatuses = [404, 503],
        },
        new("POST", "/admin/models/{name}/drift/reset", "resetDrift", Tags.Administration, "Begins anew: what comes next is the baseline. Without a version for all of the model's.", Scopes.Admin)
        {
            Query = [Version],
            Response = typeof(DriftReport),
            OtherStatuses = [404, 503],
        },
        new("GET", "/admin/models/{name}/drift/baseline", "getDriftBaseline", Tags.Administration, "Answers what a version is compared with, to be kept.", Scopes.Admin)
        {
            Query = [Version],
            Response = typeof(DriftBaseline),
            OtherStatuses = [404, 409, 503],
        },
        new("PUT", "/admin/models/{name}/drift/baseline", "putDriftBaseline", Tags.Administration, "Compares a version with what was kept, or with what another one got.", Scopes.Admin)
        {
            Query = [Version],
            Request = typeof(DriftBaseline),
            RequestExample = """{"features":{"length":[4,5,7,9,12,14,15,18,21,25,40]},"labels":{"negative":{"count":5},"positive":{"count":6}}}""",
            Response = typeof(DriftReport),
            OtherStatuses = [404, 503],
        },
        new("GET", "/admin/live", "getLiveFigures", Tags.Administration, "Totals since the start: requests and latencies of this gateway, and what the model servers did. For a page that polls it.", Scopes.Metrics) { Response = typeof(LiveFigures) },
        new("GET", "/admin/usage", "getUsage", Tags.Administration, "Counts the requests and tokens of a day by client and model.", Scopes.Admin)
        {
            Query = [new("day", typeof(DateOnly), "The day in UTC, such as 2030-01-31; without it today.")],
            Response = typeof(UsageReport),
            ResponseExample = """{"day":"2030-01-31","data":[{"subject":"tester","model":"sentiment","requests":12,"prompt_tokens":340,"completion_tokens":0}]}""",
            OtherStatuses = [400, 503],
        },
        new("GET", "/admin/keys", "listKeys", Tags.Administration, "Lists the API keys, without what they are used by.", Scopes.Admin) { Response = typeof(KeyList), OtherStatuses = [503] },
        new("POST", "/admin/keys", "createKey", Tags.Administration, "Makes an API key. Its text is in this answer alone.", Scopes.Admin)
        {
            Request = typeof(KeyRequest),
            RequestExample = """{"name":"reports","scopes":["infer"],"models":["sentiment"],"expires_in_hours":720}""",
            Success = 201,
            Response = typeof(KeyCard),
            ResponseExample = """
                {"id":"k3v9q2","name":"reports","subject":"key-k3v9q2","scopes":["infer"],"tier":null,"models":["sentiment"],"created_at":"2030-01-31T12:00:00+00:00","expires_at":"2030-03-02T12:00:00+00:00",
                "key":"sk-k3v9q2-0123456789"}
                """,
            OtherStatuses = [409, 503],
        },
        new("POST", "/admin/keys/{id}/rotate", "rotateKey", Tags.Administration, "Gives an API key another text. The old one is refused from now on.", Scopes.Admin)
        {
            Response = typeof(KeyCard),
            OtherStatuses = [404, 503],
        },
        new("DELETE", "/admin/keys/{id}", "revokeKey", Tags.Administration, "Deletes an API key.", Scopes.Admin) { Success = 204, OtherStatuses = [404, 503] },
        new("POST", "/admin/tokens/revoke", "revokeToken", Tags.Administration, "Refuses a token from now on.", Scopes.Admin)
        {
            Request = typeof(RevokeRequest),
            RequestExample = """{"jti":"4f1c0c1e"}""",
            Success = 204,
        },
    ];
}

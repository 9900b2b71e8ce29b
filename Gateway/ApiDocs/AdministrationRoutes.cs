using Gateway.Administration;

namespace Gateway.ApiDocs;

/// <summary>Routes for administrators.</summary>
internal static class AdministrationRoutes
{
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

using Gateway.Administration;

namespace Gateway.ApiDocs;

/// <summary>Routes by which administrators roll versions of models out and back.</summary>
internal static class ModelRolloutRoutes
{
    private const string Versions = "/admin/models/{name}/versions/{version}";

    /// <summary>202: it goes on by itself; 507: it does not fit into memory.</summary>
    private static readonly int[] Loading = [404, 409, 422, 503, 507], Others = [404, 409, 422, 503];

    private const string Card = """
        {"id":"sentiment","task":"text-classification","revision":12,"changed_at":"2030-01-31T12:00:00+00:00","active_version":"1","previous_version":null,"is_chosen":true,
        "trial":{"id":12,"version":"2","goal":"canary","stage":"canary","percent":10,"since":"2030-01-31T12:00:00+00:00","until":null,
        "comparison":{"requests":120,"errors":0,"error_rate":0,"baseline_error_rate":0,"latency_ms":1.9,"baseline_latency_ms":1.8,"shadow":null}},
        "versions":[{"version":"2","state":"ready","role":"canary","traffic_percent":10,"reason":null,"task":"text-classification","memory_bytes":41000000,
        "replicas":[{"replica":"modelserver-1","state":"ready","reason":null,"memory_bytes":41000000,"leases":0}]},
        {"version":"1","state":"ready","role":"active","traffic_percent":90,"reason":null,"task":"text-classification","memory_bytes":41000000,
        "replicas":[{"replica":"modelserver-1","state":"ready","reason":null,"memory_bytes":41000000,"leases":2}]}],
        "history":[{"at":"2030-01-31T12:00:00+00:00","by":"operator","action":"canary","version":"2","reason":null}]}
        """;

    public static readonly PublicRoute[] All =
    [
        new("GET", "/admin/models", "listModelRollouts", Tags.Administration, "Lists every model with what is active, what is tried beside it, and what each version is on each model server.", Scopes.Admin)
        {
            Response = typeof(ModelCardList),
        },
        new("GET", "/admin/models/{name}", "getModelRollout", Tags.Administration, "Shows one model's versions, trial and history. Poll it while a change is under way.", Scopes.Admin)
        {
            Response = typeof(ModelCard),
            ResponseExample = Card,
            OtherStatuses = [404],
        },
        new("POST", $"{Versions}/load", "loadModelVersion", Tags.Administration, "Loads a version on every model server, one after the other, beside what is active.", Scopes.Admin)
        {
            Response = typeof(ModelCard),
            IsAcceptedToo = true,
            OtherStatuses = Loading,
        },
        new("POST", $"{Versions}/activate", "activateModelVersion", Tags.Administration, "Makes a version the one that the bare name means, on all model servers at once, as soon as all have it ready; then it is watched for a while. With percent it becomes a canary instead.", Scopes.Admin)
        {
            Request = typeof(ActivateRequest),
            IsRequestOptional = true,
            RequestExample = "{}",
            Response = typeof(ModelCard),
            IsAcceptedToo = true,
            OtherStatuses = Loading,
        },
        new("POST", $"{Versions}/canary", "canaryModelVersion", Tags.Administration, "Has a version answer a part of the callers, always the same ones. Sent again, it changes the part.", Scopes.Admin)
        {
            Request = typeof(CanaryRequest),
            RequestExample = """{"percent":10}""",
            Response = typeof(ModelCard),
            ResponseExample = Card,
            IsAcceptedToo = true,
            OtherStatuses = Loading,
        },
        new("POST", $"{Versions}/shadow", "shadowModelVersion", Tags.Administration, "Has a version answer too, without its answers being returned, and compares them.", Scopes.Admin)
        {
            Response = typeof(ModelCard),
            IsAcceptedToo = true,
            OtherStatuses = Loading,
        },
        new("POST", $"{Versions}/unload", "unloadModelVersion", Tags.Administration, "Frees a version after its last request: not the active one, one under trial or the only one that is ready, unless force is true.", Scopes.Admin)
        {
            Request = typeof(UnloadRequest),
            IsRequestOptional = true,
            RequestExample = """{"force":false}""",
            Response = typeof(ModelCard),
            IsAcceptedToo = true,
            OtherStatuses = Others,
        },
        new("POST", "/admin/models/{name}/rollback", "rollBackModel", Tags.Administration, "Ends what is tried; without a trial, makes the previous version the active one, at once while that is loaded.", Scopes.Admin)
        {
            Response = typeof(ModelCard),
            IsAcceptedToo = true,
            OtherStatuses = Others,
        },
    ];
}

using Gateway.Health;

namespace Gateway.ApiDocs;

/// <summary>What the platform tells of itself.</summary>
internal static class PlatformRoutes
{
    public static readonly PublicRoute[] All =
    [
        new("GET", "/v1/models", "listModels", Tags.Models, "Lists every model with its versions, their states and why one does not serve; also while none is ready yet.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(ModelList),
            ResponseExample = """
                {"object":"list","data":[{"id":"sentiment","object":"model","created":1767225600,"owned_by":"organization","task":"text-classification","active_version":"1",
                "versions":[{"version":"2","state":"loading","reason":null,"task":null,"variant":null,"max_tokens":null,"labels":null},
                {"version":"1","state":"ready","reason":null,"task":"text-classification","variant":"fp32","max_tokens":512,"labels":["NEGATIVE","POSITIVE"]}]}]}
                """,
        },
        new("GET", "/v1/models/{id}", "getModel", Tags.Models, "Describes one model: name, or name:version.", Scopes.ModelsRead)
        {
            IsForwarded = true,
            Response = typeof(ModelDescription),
            OtherStatuses = [404],
        },
        new("GET", "/", "getHome", Tags.Platform, "Names the platform and its version, and links to the rest.", null) { Response = typeof(Home) },
        new("GET", "/health", "getHealth", Tags.Platform, "Tells how the model servers are: 200 while one can serve.", null)
        {
            Response = typeof(PlatformHealth),
            ResponseExample = """
                {"status":"healthy","model_loaded":true,"gpu_available":false,
                "memory_usage":{"process_bytes":412000000,"managed_bytes":38000000,"gpu_bytes":null},"replicas":{"healthy":2,"total":2}}
                """,
            IsProbe = true,
        },
        new("GET", "/alive", "getAlive", Tags.Platform, "Answers 200 while the gateway runs.", null) { Response = typeof(Probe) },
        new("GET", "/ready", "getReady", Tags.Platform, "Answers 200 while a model server is ready for requests.", null) { Response = typeof(Probe), IsProbe = true },
        new("GET", "/metrics", "getMetrics", Tags.Platform, "The gateway's metrics as Prometheus text.", Scopes.Metrics) { Response = typeof(string), ResponseType = "text/plain" },
    ];
}

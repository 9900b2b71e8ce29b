namespace AppHost.Tests.Rollouts;

/// <summary>Cards as the gateway writes them.</summary>
internal static class Cards
{
    public const string NoTrial = "null";

    public const string Finished = """[{"at":"2030-01-01T00:00:09Z","by":null,"action":"completed","version":"2","reason":null}]""";

    public const string Failed = """[{"at":"2030-01-01T00:00:09Z","by":null,"action":"failed","version":"2","reason":"sentiment:2 did not load: there is no model.onnx."}]""";

    public static string Trial(string goal, string stage, string more = "\"percent\":null", int id = 12)
        => $$"""{"id":{{id}},"version":"2","goal":"{{goal}}","stage":"{{stage}}",{{more}},"since":"2030-01-01T00:00:00Z","until":null,"comparison":null}""";

    public const string Canary = """
        {"id":12,"version":"2","goal":"canary","stage":"canary","percent":10,"since":"2030-01-01T00:00:00Z","until":null,
         "comparison":{"requests":120,"errors":3,"error_rate":0.025,"baseline_error_rate":0.001,"latency_ms":1.9,"baseline_latency_ms":1.8,
                       "shadow":{"compared":100,"agreement":0.99,"mean_distance":0.01}}}
        """;

    public static string Version(string version, string state, string role = "null", double traffic = 0, string reason = "null", string? replicas = null)
        => $$"""
            {"version":"{{version}}","state":"{{state}}","role":{{role}},"traffic_percent":{{traffic}},"reason":{{reason}},"task":"text-classification","memory_bytes":12300000,
             "replicas":{{replicas ?? $"[{Replica("modelserver-1", state)},{Replica("modelserver-2", state)}]"}}}
            """;

    public static string Replica(string name, string state, int leases = 0)
        => $$"""{"replica":"{{name}}","state":"{{state}}","reason":null,"memory_bytes":12300000,"leases":{{leases}}}""";

    public static string Of(string trial, string history, params string[] versions) => $$"""
        {"id":"sentiment","task":"text-classification","revision":12,"changed_at":"2030-01-01T00:00:00Z","active_version":"1","previous_version":null,"is_chosen":false,
         "trial":{{trial}},"versions":[{{string.Join(',', versions)}}],"history":{{history}}}
        """;

    public static string List(params string[] cards) => $$"""{"data":[{{string.Join(',', cards)}}]}""";
}

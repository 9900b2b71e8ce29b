namespace Deployment.Tests.Compose;

public class ComposePolicyTests
{
    public static TheoryData<string[]> Combinations => [[], ["compose.cuda.yaml"], ["compose.oidc.yaml"], ["compose.tls.yaml"], ComposeFiles.Overrides];

    [Theory]
    [MemberData(nameof(Combinations))]
    public void Faults_OfTheFilesAsTheyAre_AreNone(string[] overrides) => Assert.Empty(ComposePolicy.Faults(ComposeFiles.Read(overrides)));

    /// <summary>Each change is one that somebody may make without a thought, and is told.</summary>
    [Theory]
    [InlineData("  read_only: true\n", "  read_only: false\n", "its root is writable")]
    [InlineData("  cap_drop: [ALL]\n", "", "it has capabilities")]
    [InlineData("  cap_drop: [ALL]\n", "  cap_drop: [ALL]\n  cap_add: [NET_ADMIN]\n", "it has capabilities")]
    [InlineData("  cap_drop: [ALL]\n", "  cap_drop: [ALL]\n  privileged: true\n", "it is privileged")]
    [InlineData("no-new-privileges:true", "no-new-privileges:false", "it may gain privileges")]
    [InlineData("user: \"1654:1654\"", "user: \"0:0\"", "it may run as root")]
    [InlineData("  user: \"1654:1654\"\n", "", "it may run as root")]
    [InlineData("user: \"999:999\"", "user: root", "redis: it may run as root")]
    [InlineData(",noexec,", ",exec,", "it has no bounded /tmp without programs")]
    [InlineData("memory: \"${MODELSERVER_MEMORY:-4g}\", ", "", "modelserver: it has no limit of memory")]
    [InlineData("cpus: \"${GATEWAY_CPUS:-1.0}\", ", "", "gateway: it has no limit of cpus")]
    [InlineData(", pids: 128", "", "redis: it has no limit of pids")]
    [InlineData("target: /models, read_only: true", "target: /models", "modelserver: /models is mounted to be written")]
    [InlineData("target: /models, read_only: true, bind: { create_host_path: false }", "target: /models, read_only: true", "modelserver: /models is made where it is missing")]
    [InlineData("- redis:/data", "- ./data:/data", "redis: it mounts a folder in the short form")]
    [InlineData("test: [\"CMD\", \"dotnet\", \"/app/Gateway.dll\", \"probe\"]", "test: [\"CMD-SHELL\", \"curl localhost:8080\"]", "gateway: its health check is missing or needs a shell")]
    [InlineData("test: [\"CMD\", \"dotnet\", \"/app/ModelServer.dll\", \"probe\"]", "test: [\"CMD\", \"true\"]", "modelserver: its health check is not its own")]
    [InlineData("  restart: unless-stopped\n", "", "it is not restarted")]
    [InlineData("max-size: 10m, ", "", "its log grows without end")]
    [InlineData("redis:8.6", "redis:latest", "redis: its image has no exact tag")]
    [InlineData("redis:8.6", "redis", "redis: its image has no exact tag")]
    [InlineData("transformer-platform/gateway:", "other/gateway:", "gateway: its image is not named after it")]
    [InlineData("stop_grace_period: 45s", "stop_grace_period: 10s", "it is killed before it has drained")]
    [InlineData("  stop_grace_period: 45s\n", "", "it is killed before it has drained")]
    [InlineData("Proxy__Http2: \"true\"", "Proxy__Http2: \"true\"\n      Authentication__GatewayKey: abc", "Authentication__GatewayKey is a secret in a variable")]
    [InlineData("Proxy__Http2: \"true\"", "Proxy__Http2: \"true\"\n      ConnectionStrings__cache: redis:6379", "ConnectionStrings__cache is a secret in a variable")]
    [InlineData("Proxy__Http2: \"true\"", "Proxy__Http2: \"true\"\n      Cache: redis:6379,password=abc", "Cache is a secret in a variable")]
    [InlineData("\"/etc/redis/redis.conf\"]", "\"--requirepass\", \"abc\"]", "redis: a secret is in its arguments")]
    [InlineData("  gateway-key: {", "  gateway-keys: {", "the secret gateway-key is nowhere")]
    [InlineData("${GATEWAY_BIND:-127.0.0.1}:", "", "gateway: its ports are open to others")]
    [InlineData("${GATEWAY_BIND:-127.0.0.1}", "${GATEWAY_BIND:-0.0.0.0}", "gateway: its ports are open to others")]
    [InlineData("    depends_on: [redis]", "    ports: [\"8081:8080\"]", "modelserver: its ports are open to others")]
    [InlineData("127.0.0.1:${GRAFANA_PORT:-3000}", "${GRAFANA_PORT:-3000}", "grafana: its ports are open to others")]
    [InlineData("    depends_on: [redis]", "    network_mode: host", "modelserver: it is in a network of others")]
    [InlineData("inference: { internal: true }", "inference: {}", "modelserver: it is reachable from outside")]
    [InlineData("    networks: [cache]", "    networks: [cache, edge]", "redis: it is reachable from outside")]
    [InlineData("    networks: [inference, monitoring]", "    networks: [inference, monitoring, cache]", "prometheus: it reaches Redis")]
    [InlineData("inference: { aliases: [modelservers] }\n      cache: {}", "inference: { aliases: [modelservers] }\n      cache: { aliases: [modelservers] }", "Replicas__Dns is not a name")]
    [InlineData("http://modelservers:8081", "http://modelserver:8081", "Replicas__Dns is not a name")]
    [InlineData("http://modelservers:8081", "http://modelservers:8080", "it does not ask the model servers' port for HTTP/2")]
    [InlineData("Http2__Port: \"8081\"", "Http2__Port: \"8082\"", "it does not ask the model servers' port for HTTP/2")]
    public void Faults_OfAChangedFile_AreTold(string text, string changed, string fault)
    {
        var original = ComposeFiles.Text(ComposeFiles.Base);
        Assert.Contains(text, original, StringComparison.Ordinal);

        var faults = ComposePolicy.Faults(ComposeFile.Parse(original.Replace(text, changed, StringComparison.Ordinal)));

        Assert.Contains(faults, f => f.Contains(fault, StringComparison.Ordinal));
    }
}

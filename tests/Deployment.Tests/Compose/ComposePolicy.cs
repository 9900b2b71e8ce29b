using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Tests.Compose;

/// <summary>What must hold for a Compose file of the platform, whoever changes it.</summary>
internal static partial class ComposePolicy
{
    /// <summary>The longest time that a service takes to drain is 30 s; the engine must not kill it before.</summary>
    private const int LeastGraceSeconds = 35;

    private static readonly string[] Own = ["gateway", "modelserver"];

    /// <returns>A sentence for each fault.</returns>
    public static IEnumerable<string> Faults(ComposeFile file) => file.Services.SelectMany(s => Confinement(s).Concat(Operation(s)).Concat(Secrecy(s, file)).Select(f => $"{s.Name}: {f}")).Concat(Reachability(file));

    private static IEnumerable<string> Confinement(ComposeService service)
    {
        if (service["read_only"] != "true") yield return "its root is writable";
        if (!NumericUser().IsMatch(service["user"] ?? "")) yield return "it may run as root";
        if (!service.Strings("cap_drop").SequenceEqual(["ALL"]) || service.Has("cap_add")) yield return "it has capabilities";
        if (service.Has("privileged")) yield return "it is privileged";
        if (!service.Strings("security_opt").Contains("no-new-privileges:true")) yield return "it may gain privileges";
        if (!service.Strings("tmpfs").Any(t => t.StartsWith("/tmp:", StringComparison.Ordinal) && t.Contains("noexec", StringComparison.Ordinal) && t.Contains("size=", StringComparison.Ordinal)))
            yield return "it has no bounded /tmp without programs";
        foreach (var limit in (string[])["cpus", "memory", "pids"])
            if (service.Limits.GetValueOrDefault(limit) is not string) yield return $"it has no limit of {limit}";
        foreach (var bind in service.Binds)
        {
            if ((string?)bind.GetValueOrDefault("read_only") != "true") yield return $"{bind["target"]} is mounted to be written";
            if ((string?)ComposeFile.Map(bind.GetValueOrDefault("bind")).GetValueOrDefault("create_host_path") != "false") yield return $"{bind["target"]} is made where it is missing";
        }

        if (service.Volumes.Any(v => v.StartsWith('.') || v.StartsWith('/') || v.Contains("docker.sock", StringComparison.Ordinal))) yield return "it mounts a folder in the short form";
    }

    private static IEnumerable<string> Operation(ComposeService service)
    {
        var check = ComposeService.Texts(service.HealthCheck.GetValueOrDefault("test"));
        if (check is not ["CMD", not ("sh" or "/bin/sh" or "bash"), ..]) yield return "its health check is missing or needs a shell";
        if (Own.Contains(service.Name) && check is not ["CMD", "dotnet", _, "probe"]) yield return "its health check is not its own";
        if (service["restart"] != "unless-stopped") yield return "it is not restarted";
        var log = ComposeFile.Map(service.Logging.GetValueOrDefault("options"));
        if (!log.ContainsKey("max-size") || !log.ContainsKey("max-file")) yield return "its log grows without end";
        if (service["image"] is not { } image || !ExactTag().IsMatch(image)) yield return "its image has no exact tag";
        else if (Own.Contains(service.Name) && !image.StartsWith($"transformer-platform/{service.Name}:${{VERSION:-", StringComparison.Ordinal)) yield return "its image is not named after it";
        if (Own.Contains(service.Name) && Seconds(service["stop_grace_period"]) < LeastGraceSeconds) yield return "it is killed before it has drained";
    }

    private static IEnumerable<string> Secrecy(ComposeService service, ComposeFile file)
    {
        foreach (var (name, value) in service.Environment)
            if ((SecretName().IsMatch(name) && !value.StartsWith("/run/secrets/", StringComparison.Ordinal)) || SecretName().IsMatch(value.Replace("/run/secrets/", "", StringComparison.Ordinal)))
                yield return $"{name} is a secret in a variable";
        if (service.Strings("command").Any(a => SecretName().IsMatch(a) || a is "--requirepass" or "-a")) yield return "a secret is in its arguments";
        foreach (var (source, _) in service.Secrets)
            if (!file.Secrets.ContainsKey(source)) yield return $"the secret {source} is nowhere";
    }

    private static IEnumerable<string> Reachability(ComposeFile file)
    {
        foreach (var service in file.Services)
        {
            var ports = service.Strings("ports");
            var isViewer = service.Name == "grafana" && service.Strings("profiles") is ["observability"];
            if (service.Has("network_mode")) yield return $"{service.Name}: it is in a network of others";
            if (service.Name == "gateway" ? ports is not [{ } port] || !port.StartsWith("${GATEWAY_BIND:-127.0.0.1}:", StringComparison.Ordinal) : ports.Any(p => !isViewer || !p.StartsWith("127.0.0.1:", StringComparison.Ordinal)))
                yield return $"{service.Name}: its ports are open to others";
            if (service.Name is "modelserver" or "redis" && service.Networks.Keys.Except(file.InternalNetworks).Except(["oidc"]).Any()) yield return $"{service.Name}: it is reachable from outside";
        }

        var redis = file.Service("redis").Networks.Keys.ToHashSet();
        foreach (var service in file.Services.Where(s => s.Name != "redis" && !Own.Contains(s.Name)))
            if (service.Networks.Keys.Any(redis.Contains)) yield return $"{service.Name}: it reaches Redis";

        // A name that both of their networks have would stand for each model server twice.
        var (gateway, modelServer) = (file.Service("gateway"), file.Service("modelserver"));
        if (!Uri.TryCreate(gateway.Environment.GetValueOrDefault("Replicas__Dns"), UriKind.Absolute, out var dns)
            || gateway.Networks.Keys.Count(n => modelServer.Networks.GetValueOrDefault(n)?.Contains(dns.Host) == true) != 1)
            yield return "gateway: Replicas__Dns is not a name of the model servers in one network";
        else if (dns.Port.ToString(CultureInfo.InvariantCulture) != modelServer.Environment.GetValueOrDefault("Http2__Port") || gateway.Environment.GetValueOrDefault("Proxy__Http2") != "true")
            yield return "gateway: it does not ask the model servers' port for HTTP/2";
    }

    private static int Seconds(string? period) => period?.EndsWith('s') == true && int.TryParse(period[..^1], CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;

    [GeneratedRegex("^[1-9][0-9]*:[1-9][0-9]*$")]
    private static partial Regex NumericUser();

    [GeneratedRegex(@":(\$\{VERSION:-)?v?\d+(\.\d+)+")]
    private static partial Regex ExactTag();

    [GeneratedRegex("password|passwd|secret|credential|signing_?key|gateway_?key|key_?path|certificates__default__path|connectionstrings|token(?!_AUDIENCE)", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}

namespace Deployment.Tests.Kubernetes;

/// <summary>Values that are wrong stop before anything is rendered, and say what is wrong.</summary>
public sealed class ValuesTests
{
    [KubernetesTheory]
    [InlineData("gateway.replica=3", "additional properties 'replica' not allowed")]
    [InlineData("modelserver.pools.default.gpu=1", "additional properties 'gpu' not allowed")]
    [InlineData("gateway.replicas=two", "/gateway/replicas")]
    [InlineData("gateway.autoscaling.cpu=-1", "/gateway/autoscaling/cpu")]
    [InlineData("authentication.authority=http://login.example.com", "/authentication/authority")]
    [InlineData("authentication.audience=", "authentication.audience is missing")]
    [InlineData("authentication.authority=", "authentication.authority is missing")]
    [InlineData("secrets.gatewayKey=short", "secrets.gatewayKey is too short")]
    [InlineData("secrets.gatewayKey=", "secrets.gatewayKey is missing")]
    [InlineData("secrets.signingKey=0123456789abcdef0123456789abcdef", "one of authentication.authority and secrets.signingKey")]
    [InlineData("secrets.existingSecret=own", "leave secrets.gatewayKey and secrets.signingKey empty")]
    [InlineData("redis.password=", "redis.password is missing")]
    [InlineData("redis.password=has spaces and more", "redis.password must be")]
    [InlineData("redis.connectionString=redis:6379", "set redis.enabled to false")]
    [InlineData("redis.existingSecret=own", "one of redis.password and redis.existingSecret")]
    [InlineData("image.tag=latest", "latest is another image tomorrow")]
    [InlineData("security.runAsUser=0", "/security/runAsUser")]
    [InlineData("gateway.settings.Authentication__GatewayKey=0123456789abcdef0123456789abcdef", "gateway.settings: Authentication__GatewayKey is a secret")]
    [InlineData("modelserver.defaults.settings.connectionstrings__cache=redis:6379", "modelserver.pools.default.settings: connectionstrings__cache is a secret")]
    [InlineData("gateway.podDisruptionBudget.maxUnavailable=0", "/gateway/podDisruptionBudget/maxUnavailable")]
    [InlineData("gateway.autoscaling.minReplicas=9", "minReplicas is more than maxReplicas")]
    [InlineData("drain.timeoutSeconds=5", "includes the notice")]
    [InlineData("modelserver.pools.Large.replicas=1", "\"Large\" is no name")]
    [InlineData("modelserver.pools.default.enabled=false", "one pool must keep a server")]
    [InlineData("modelserver.pools.default.replicas=0", "one pool must keep a server")]
    [InlineData("modelserver.pools.default.device=gpu", "/modelserver/pools/default/device': value must be one of 'cpu', 'cuda'")]
    [InlineData("modelserver.pools.default.device=cuda", "modelserver.pools.default.gpus is 0")]
    [InlineData("modelserver.pools.default.models.source=claim", "modelserver.pools.default.models.claim.name is missing")]
    [InlineData("modelserver.pools.default.models.source=ociImage", "models.ociImage.reference is missing")]
    [InlineData("modelserver.pools.default.models.source=fetch", "models.fetch.image is missing")]
    [InlineData("modelserver.defaults.rollingUpdate.maxSurge=0", "cannot both be 0")]
    [InlineData("modelserver.pools.default.autoscaling.kind=keda", "keda.serverAddress is missing")]
    [InlineData("modelserver.pools.default.image.tag=latest", "modelserver.pools.default: latest is another image tomorrow")]
    [InlineData("ingress.enabled=true", "ingress.hosts is missing")]
    [InlineData("httpRoute.enabled=true", "httpRoute.parentRefs is missing")]
    [InlineData("monitoring.serviceMonitor.enabled=true", "set tokenSecret.name or oauth2")]
    [InlineData("monitoring.serviceMonitor.oauth2.tokenUrl=https://login.example.com/token", "/monitoring/serviceMonitor/oauth2")]
    public async Task Values_ThatAreWrong_AreRefusedByName(string set, string reason)
    {
        var (exitCode, _, errors) = await Chart.Own.TemplateAsync([Chart.Minimal], set);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }

    /// <summary>The API server refuses a name that is there twice, and so the chart does before.</summary>
    [KubernetesTheory]
    [InlineData("platform-gateway", "gateway.settings")]
    [InlineData("platform-modelserver-copied", "modelserver.pools.copied.settings")]
    public async Task Setting_ThatTheChartMakesItself_IsRefused(string workload, string settings)
    {
        var container = (await Chart.Own.RenderAsync([Chart.Minimal, "everything"])).Workloads.Single(w => w.Name == workload).Pod.Containers[0];
        var made = container.Env.Select(e => e.Name).Where(n => n != "Audit__Export").ToArray();

        Assert.True(made.Length > 10);
        foreach (var name in made)
        {
            var (_, _, errors) = await Chart.Own.TemplateAsync([Chart.Minimal, "everything"], $"{settings}.{name}=other");
            Assert.Contains($"{settings}: {name} is set by the chart", errors, StringComparison.Ordinal);
        }
    }

    [KubernetesTheory]
    [InlineData("secrets.gatewayKey=too-short-a-secret")]
    [InlineData("redis.password=too short a secret")]
    public async Task Secret_ThatIsRefused_IsNotRepeated(string set)
    {
        var (_, output, errors) = await Chart.Own.TemplateAsync([Chart.Minimal], set);

        Assert.DoesNotContain(set.Split('=')[1], output + errors, StringComparison.Ordinal);
    }

    [KubernetesTheory]
    [InlineData("only kind keda can scale to 0", "modelserver.pools.idle.autoscaling.kind=hpa", "modelserver.pools.idle.autoscaling.minReplicas=0")]
    [InlineData("has no queue that could wake it", "modelserver.pools.idle.autoscaling.kind=keda", "modelserver.pools.idle.autoscaling.minReplicas=0", "modelserver.pools.idle.autoscaling.keda.serverAddress=http://prometheus:9090")]
    [InlineData("idle.autoscaling needs cpu or podMetrics", "modelserver.pools.idle.autoscaling.kind=hpa", "modelserver.pools.idle.autoscaling.cpu=0")]
    [InlineData("secrets.signingKey is missing", "authentication.authority=", "authentication.issuer=me", "secrets.gatewayKey=")]
    [InlineData("With redis.existingSecret the services need", "redis.password=", "redis.existingSecret=own")]
    [InlineData("Redis needs redis.existingSecret", "secrets.gatewayKey=", "secrets.existingSecret=own")]
    public async Task Values_ThatDoNotGoTogether_AreRefusedByName(string reason, params string[] set)
    {
        var (exitCode, _, errors) = await Chart.Own.TemplateAsync([Chart.Minimal], set);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
    }
}

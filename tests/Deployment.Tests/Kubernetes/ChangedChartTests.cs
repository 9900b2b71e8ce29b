using Deployment.Tests.Kubernetes.Rules;

namespace Deployment.Tests.Kubernetes;

/// <summary>Charts that somebody broke: each rule finds what it is for.</summary>
public sealed class ChangedChartTests
{
    private const string Gateway = "templates/gateway/deployment.yaml", ModelServers = "templates/modelserver/deployments.yaml", Redis = "templates/redis/statefulset.yaml", Pod = "templates/_pod.tpl",
        Policies = "templates/networkpolicies.yaml", Services = "templates/modelserver/service.yaml", Names = "templates/_names.tpl";

    [KubernetesTheory]
    [InlineData("pod security", Pod, "runAsNonRoot: true", "runAsNonRoot: false", "runAsNonRoot")]
    [InlineData("pod security", Pod, "{{ $name }}: {{ int64 . }}", "{{ $name }}: 0", "it runs as root")]
    [InlineData("pod security", Pod, "seccompProfile:\n    type: RuntimeDefault", "seccompProfile:\n    type: Unconfined", "seccomp")]
    [InlineData("pod security", Pod, "allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true", "privileges")]
    [InlineData("pod security", Pod, "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "root file system")]
    [InlineData("pod security", Pod, "drop: [ALL]", "drop: [NET_RAW]", "capabilities")]
    [InlineData("pod security", Pod, "automountServiceAccountToken: false\n", "", "token of the API server")]
    [InlineData("pod security", "templates/serviceaccounts.yaml", "automountServiceAccountToken: false", "automountServiceAccountToken: true", "gives out tokens")]
    [InlineData("pod security", Gateway, "          emptyDir:\n            sizeLimit: 256Mi", "          hostPath:\n            path: /tmp", "kind that is not allowed")]
    [InlineData("resources", ModelServers, "{{- toYaml $resources | nindent 12 }}", "{{- toYaml (omit $resources \"limits\") | nindent 12 }}", "no limit of memory")]
    [InlineData("resources", "values.yaml", "requests: { cpu: 500m, memory: 256Mi }", "requests: { cpu: 500m, memory: 2Gi }", "more memory than it may take")]
    [InlineData("resources", ModelServers, "list \"requests\" \"limits\"", "list \"limits\"", "requests other nvidia.com/gpu")]
    [InlineData("probes", Gateway, "          readinessProbe:\n            httpGet: { path: /ready, port: http }\n            periodSeconds: 3\n            timeoutSeconds: 2\n            failureThreshold: 2\n", "", "no readiness probe")]
    [InlineData("probes", ModelServers, "livenessProbe:\n            httpGet: { path: /alive, port: http }", "livenessProbe:\n            httpGet: { path: /ready, port: http }", "liveness probe of modelserver asks /ready")]
    [InlineData("probes", ModelServers, "httpGet: { path: /ready, port: http }", "httpGet: { path: /ready, port: web }", "port web, which is none")]
    [InlineData("probes", Pod, "add (int .Values.drain.timeoutSeconds) 15", "sub (int .Values.drain.timeoutSeconds) 1", "killed before it has drained")]
    [InlineData("probes", Pod, "include \"platform.timeSpan\" .notice", "include \"platform.timeSpan\" 30", "no time left after its notice")]
    [InlineData("images", Names, ":{{ .tag }}", ":latest", "no image with a tag that stays")]
    [InlineData("images", Names, ":{{ .tag }}", "", "no image with a tag that stays")]
    [InlineData("secrets", Gateway, "env:\n", "env:\n            - name: Authentication__GatewayKey\n              value: {{ .Values.secrets.gatewayKey }}\n", "shows a secret")]
    [InlineData("secrets", Gateway, "env:\n", "env:\n            - name: Authentication__GatewayKey\n              valueFrom: { secretKeyRef: { name: platform-secrets, key: Authentication__GatewayKey } }\n", "in its environment")]
    [InlineData("secrets", Pod, "value: /run/secrets", "value: /run/other", "where they are mounted")]
    [InlineData("selectors", Names, "app.kubernetes.io/name: transformer-platform\n", "app.kubernetes.io/name: transformer-platform\nhelm.sh/chart: {{ .root.Chart.Version }}\n", "which changes", "\nhelm.sh/chart: {{ printf", "\nexample.com/chart: {{ printf")]
    [InlineData("selectors", Services, "  selector:\n    {{- include \"platform.selector\" $selector | nindent 4 }}", "  selector:\n    app.kubernetes.io/component: model-server", "selects nothing")]
    [InlineData("selectors", "templates/gateway/service.yaml", "targetPort: http", "targetPort: web", "port web, which platform-gateway has not")]
    [InlineData("selectors", Gateway, "      labels:\n        {{- include \"platform.selector\" $selector | nindent 8 }}", "      labels:\n        app.kubernetes.io/component: gateway", "does not select its own pods")]
    [InlineData("selectors", ModelServers, "\"component\" \"modelserver\" \"pool\" $pool }}\n---", "\"component\" \"modelserver\" }}\n---", "selects the pods of")]
    [InlineData("selectors", "templates/monitoring/servicemonitors.yaml", "- port: http\n", "- port: metrics\n", "port metrics, which is none")]
    [InlineData("references", Gateway, "-modelserver:8081", "-modelservers:8081", "is no headless service")]
    [InlineData("references", Gateway, "-modelserver:8081", "-modelserver:8080", "do not speak HTTP/2 on 8080")]
    [InlineData("references", Redis, "name: {{ include \"platform.fullname\" . }}-redis\n        - name: password", "name: redis-config\n        - name: password", "no ConfigMap redis-config")]
    [InlineData("references", Redis, "- name: data\n              mountPath: /data", "- name: disk\n              mountPath: /data", "mounts disk, which does not exist")]
    [InlineData("references", "templates/ingress.yaml", "-gateway\n                port:", "-web\n                port:", "leads nowhere")]
    [InlineData("references", "templates/httproute.yaml", "port: {{ int .Values.gateway.service.port }}", "port: 8080", "leads nowhere")]
    [InlineData("disruption", "templates/gateway/disruption.yaml", "maxUnavailable: {{ .Values.gateway.podDisruptionBudget.maxUnavailable }}", "minAvailable: 2", "may allow no eviction")]
    [InlineData("disruption", "templates/modelserver/disruption.yaml", "maxUnavailable: {{ $spec.podDisruptionBudget.maxUnavailable }}", "maxUnavailable: 0", "may allow no eviction")]
    [InlineData("disruption", "templates/modelserver/disruption.yaml", "      {{- include \"platform.selector\" $selector | nindent 6 }}", "      app.kubernetes.io/component: modelservers", "covers 0 workloads")]
    [InlineData("disruption", Gateway, "maxSurge: 1", "maxSurge: 0", "can never be updated")]
    [InlineData("scaling", "templates/gateway/scaling.yaml", "    name: {{ include \"platform.fullname\" . }}-gateway\n  {{-", "    name: gateway\n  {{-", "which does not exist")]
    [InlineData("scaling", "templates/modelserver/scaling.yaml", "    name: {{ $fullname }}-modelserver-{{ $pool }}\n  minReplicaCount", "    name: {{ $pool }}\n  minReplicaCount", "which does not exist")]
    [InlineData("scaling", Gateway, "{{- if not .Values.gateway.autoscaling.enabled }}", "{{- if true }}", "set back at each upgrade")]
    [InlineData("network", Policies, "      {{- include \"platform.selector\" $modelserver | nindent 6 }}", "      app.kubernetes.io/component: modelservers", "cannot reach redis")]
    [InlineData("network", Policies, "      {{- include \"platform.selector\" (dict \"root\" .) | nindent 6 }}\n  policyTypes: [Ingress, Egress]", "      {{- include \"platform.selector\" $gateway | nindent 6 }}\n  policyTypes: [Ingress, Egress]", "no policy denies")]
    [InlineData("network", Policies, "              {{- include \"platform.selector\" $gateway | nindent 14 }}", "              app.kubernetes.io/instance: {{ .Release.Name }}", "others than the gateway may ask it")]
    [InlineData("network", Policies, "{{- range $from := list $gateway $modelserver }}", "{{- range $from := list $gateway }}", "redis does not let it in")]
    [InlineData("network", Policies, "protocol: TCP, port: 8081 }]\n      from", "protocol: TCP, port: 9999 }]\n      from", "opens ports that it has not")]
    [InlineData("settings", Gateway, "Replicas__Dns", "Replicas__DnsName", "no setting Replicas__DnsName")]
    [InlineData("settings", ModelServers, "Http2__Port", "Http2__Ports", "no setting Http2__Ports")]
    [InlineData("settings", Names, "Authentication__GatewayKey", "Authentication__GatewaySecret", "no setting Authentication__GatewaySecret")]
    [InlineData("settings", ModelServers, "- name: Models__ReadyWhen", "- name: Http2__Port", "Http2__Port is set twice")]
    [InlineData("settings", Gateway, "value: \"true\"", "value: \"yes\"", "which is no bool")]
    public async Task Rule_OfAChartThatBreaksIt_NamesTheFault(string rule, string file, string text, string replacement, string fault, string? alsoText = null, string alsoReplacement = "")
    {
        using var chart = Chart.WithChange(file, text, replacement);
        if (alsoText is not null) chart.Change(file, alsoText, alsoReplacement);
        var manifests = await chart.RenderAsync([Chart.Minimal, "everything"]);

        Assert.Contains(fault, string.Join('\n', DeploymentRules.All[rule](manifests)), StringComparison.Ordinal);
    }

    [KubernetesTheory]
    [InlineData(Gateway, "terminationGracePeriodSeconds:", "terminationGraceSeconds:", "terminationGraceSeconds")]
    [InlineData(ModelServers, "periodSeconds: 2", "intervalSeconds: 2", "intervalSeconds")]
    [InlineData(ModelServers, "containerPort: 8080", "containerPort: web", "web")]
    [InlineData("templates/modelserver/scaling.yaml", "pollingInterval:", "pollInterval:", "pollInterval")]
    [InlineData("templates/httproute.yaml", "backendRefs:", "backends:", "backends")]
    [InlineData("templates/monitoring/servicemonitors.yaml", "podTargetLabels:", "podLabels:", "podLabels")]
    [InlineData("templates/monitoring/prometheusrule.yaml", "groups:", "ruleGroups:", "ruleGroups")]
    [InlineData("templates/gateway/service.yaml", "kind: Service", "kind: Servlet", "no such kind")]
    [InlineData("templates/serviceaccounts.yaml", "-{{ $component }}\n", "\n", "is there twice")]
    public async Task Manifest_WithAFieldThatItsKindLacks_IsRefused(string file, string text, string replacement, string fault)
    {
        using var chart = Chart.WithChange(file, text, replacement);
        var (exitCode, output, errors) = await chart.TemplateAsync([Chart.Minimal, "everything"]);

        Assert.True(exitCode == 0, errors);
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => Manifests.Read(output)).Message, StringComparison.Ordinal);
    }
}

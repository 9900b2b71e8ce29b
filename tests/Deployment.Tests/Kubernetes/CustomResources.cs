namespace Deployment.Tests.Kubernetes;

/// <summary>The parts that the chart uses of resources which others define, as their documentation has them. A field that is not here is refused.</summary>
internal static class CustomResources
{
    public static readonly Dictionary<string, Type> Kinds = new()
    {
        ["keda.sh/v1alpha1/ScaledObject"] = typeof(Resource<ScaledObjectSpec>),
        ["gateway.networking.k8s.io/v1/HTTPRoute"] = typeof(Resource<HttpRouteSpec>),
        ["monitoring.coreos.com/v1/ServiceMonitor"] = typeof(Resource<ServiceMonitorSpec>),
        ["monitoring.coreos.com/v1/PrometheusRule"] = typeof(Resource<PrometheusRuleSpec>),
    };
}

internal sealed record Resource<TSpec>
{
    public required string ApiVersion { get; init; }

    public required string Kind { get; init; }

    public required ResourceMetadata Metadata { get; init; }

    public required TSpec Spec { get; init; }
}

internal sealed record ResourceMetadata
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}

internal sealed record NamedKey
{
    public required string Name { get; init; }

    public required string Key { get; init; }
}

internal sealed record ScaledObjectSpec
{
    public required ScaleTarget ScaleTargetRef { get; init; }

    public int? PollingInterval { get; init; }

    public int? CooldownPeriod { get; init; }

    public int? MinReplicaCount { get; init; }

    public int? MaxReplicaCount { get; init; }

    public AdvancedScaling? Advanced { get; init; }

    public required List<ScaleTrigger> Triggers { get; init; }
}

internal sealed record ScaleTarget
{
    public string? ApiVersion { get; init; }

    public string? Kind { get; init; }

    public required string Name { get; init; }
}

internal sealed record AdvancedScaling
{
    public AutoscalerConfiguration? HorizontalPodAutoscalerConfig { get; init; }
}

internal sealed record AutoscalerConfiguration
{
    public ScalingBehavior? Behavior { get; init; }
}

internal sealed record ScalingBehavior
{
    public ScalingRules? ScaleUp { get; init; }

    public ScalingRules? ScaleDown { get; init; }
}

internal sealed record ScalingRules
{
    public int? StabilizationWindowSeconds { get; init; }

    public string? SelectPolicy { get; init; }

    public List<ScalingPolicy>? Policies { get; init; }
}

internal sealed record ScalingPolicy
{
    public required string Type { get; init; }

    public required int Value { get; init; }

    public required int PeriodSeconds { get; init; }
}

internal sealed record ScaleTrigger
{
    public required string Type { get; init; }

    public string? MetricType { get; init; }

    /// <summary>KEDA takes texts alone, numbers too.</summary>
    public required Dictionary<string, string> Metadata { get; init; }

    public TriggerAuthentication? AuthenticationRef { get; init; }
}

internal sealed record TriggerAuthentication
{
    public required string Name { get; init; }
}

internal sealed record HttpRouteSpec
{
    public required List<ParentReference> ParentRefs { get; init; }

    public List<string>? Hostnames { get; init; }

    public required List<HttpRouteRule> Rules { get; init; }
}

internal sealed record ParentReference
{
    public required string Name { get; init; }

    public string? Namespace { get; init; }

    public string? SectionName { get; init; }
}

internal sealed record HttpRouteRule
{
    public List<HttpRouteMatch>? Matches { get; init; }

    public HttpRouteTimeouts? Timeouts { get; init; }

    public required List<BackendReference> BackendRefs { get; init; }
}

internal sealed record HttpRouteMatch
{
    public required HttpPathMatch Path { get; init; }
}

internal sealed record HttpPathMatch
{
    public required string Type { get; init; }

    public required string Value { get; init; }
}

internal sealed record HttpRouteTimeouts
{
    public string? Request { get; init; }

    public string? BackendRequest { get; init; }
}

internal sealed record BackendReference
{
    public required string Name { get; init; }

    public required int Port { get; init; }
}

internal sealed record ServiceMonitorSpec
{
    public required LabelSelector Selector { get; init; }

    public string? JobLabel { get; init; }

    public List<string>? PodTargetLabels { get; init; }

    public required List<MonitorEndpoint> Endpoints { get; init; }
}

internal sealed record LabelSelector
{
    public required Dictionary<string, string> MatchLabels { get; init; }
}

internal sealed record MonitorEndpoint
{
    public required string Port { get; init; }

    public required string Path { get; init; }

    public string? Interval { get; init; }

    public MonitorAuthorization? Authorization { get; init; }

    public MonitorOAuth2? Oauth2 { get; init; }
}

internal sealed record MonitorAuthorization
{
    public string? Type { get; init; }

    public required NamedKey Credentials { get; init; }
}

internal sealed record MonitorOAuth2
{
    public required ClientId ClientId { get; init; }

    public required NamedKey ClientSecret { get; init; }

    public required string TokenUrl { get; init; }

    public List<string>? Scopes { get; init; }

    public Dictionary<string, string>? EndpointParams { get; init; }
}

internal sealed record ClientId
{
    public NamedKey? Secret { get; init; }

    public NamedKey? ConfigMap { get; init; }
}

internal sealed record PrometheusRuleSpec
{
    public required List<RuleGroup> Groups { get; init; }
}

internal sealed record RuleGroup
{
    public required string Name { get; init; }

    public required List<PrometheusRuleEntry> Rules { get; init; }
}

internal sealed record PrometheusRuleEntry
{
    public string? Record { get; init; }

    public string? Alert { get; init; }

    public required string Expr { get; init; }

    public string? For { get; init; }

    public Dictionary<string, string>? Labels { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}

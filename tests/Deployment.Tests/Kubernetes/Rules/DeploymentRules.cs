namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>What must hold for everything that is deployed. Each rule names what breaks it.</summary>
internal static class DeploymentRules
{
    public static readonly IReadOnlyDictionary<string, Func<Manifests, IEnumerable<string>>> All = new Dictionary<string, Func<Manifests, IEnumerable<string>>>
    {
        ["pod security"] = PodSecurityRule.Faults,
        ["resources"] = ResourcesRule.Faults,
        ["probes"] = ProbesRule.Faults,
        ["images"] = ImagesRule.Faults,
        ["secrets"] = SecretsRule.Faults,
        ["selectors"] = SelectorsRule.Faults,
        ["references"] = ReferencesRule.Faults,
        ["disruption"] = DisruptionRule.Faults,
        ["scaling"] = ScalingRule.Faults,
        ["network"] = NetworkRule.Faults,
        ["settings"] = SettingsRule.Faults,
    };

    /// <returns>Every fault, with the rule's name before it; none when all is well.</returns>
    public static string[] Faults(Manifests manifests) => [.. All.SelectMany(rule => rule.Value(manifests).Select(fault => $"{rule.Key}: {fault}"))];
}

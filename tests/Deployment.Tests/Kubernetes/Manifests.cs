using System.Text.RegularExpressions;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Deployment.Tests.Kubernetes;

/// <summary>One object, read strictly: a field that its kind does not have is refused.</summary>
/// <param name="Text">The YAML that it was read from.</param>
internal sealed record Manifest(string Kind, string Name, object Content, string Text);

/// <summary>What makes pods.</summary>
/// <param name="Replicas">Null where an autoscaler decides.</param>
internal sealed record Workload(string Kind, string Name, int? Replicas, IDictionary<string, string> Selector, V1PodTemplateSpec Template)
{
    public IDictionary<string, string> Labels => Template.Metadata.Labels;

    public V1PodSpec Pod => Template.Spec;

    public IEnumerable<V1Container> AllContainers => [.. Pod.InitContainers ?? [], .. Pod.Containers];

    public bool IsSelectedBy(IDictionary<string, string>? selector) => selector is not null && selector.All(s => Labels.TryGetValue(s.Key, out var value) && value == s.Value);
}

/// <summary>All objects of a rendering.</summary>
internal sealed partial class Manifests(IReadOnlyList<Manifest> all)
{
    private static readonly Dictionary<string, Type> BuiltIn = new[]
    {
        typeof(V1ConfigMap), typeof(V1Deployment), typeof(V1Ingress), typeof(V1NetworkPolicy), typeof(V1PodDisruptionBudget), typeof(V1Secret), typeof(V1Service), typeof(V1ServiceAccount),
        typeof(V1StatefulSet), typeof(V2HorizontalPodAutoscaler),
    }.ToDictionary(t => Key((string?)t.GetField("KubeGroup")!.GetValue(null), (string)t.GetField("KubeApiVersion")!.GetValue(null)!, (string)t.GetField("KubeKind")!.GetValue(null)!));

    private static readonly IDeserializer Custom = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).WithEnforceRequiredMembers().WithDuplicateKeyChecking().Build();

    public IReadOnlyList<Manifest> All => all;

    public IEnumerable<Workload> Workloads =>
    [
        .. Of<V1Deployment>().Select(d => new Workload("Deployment", d.Metadata.Name, d.Spec.Replicas, d.Spec.Selector.MatchLabels, d.Spec.Template)),
        .. Of<V1StatefulSet>().Select(s => new Workload("StatefulSet", s.Metadata.Name, s.Spec.Replicas, s.Spec.Selector.MatchLabels, s.Spec.Template)),
    ];

    /// <exception cref="InvalidDataException">A document is of no known kind, has a field that its kind lacks, or is there twice.</exception>
    public static Manifests Read(string text)
    {
        Manifest[] all = [.. Separator().Split(text).Where(d => d.Split('\n').Any(l => l.Trim() is [not '#', ..])).Select(ReadOne)];
        return all.GroupBy(m => (m.Kind, m.Name)).FirstOrDefault(g => g.Count() > 1) is { } twice
            ? throw new InvalidDataException($"{twice.Key.Kind} {twice.Key.Name} is there twice.")
            : new(all);
    }

    public IEnumerable<T> Of<T>() => all.Select(m => m.Content).OfType<T>();

    public bool Has(string kind, string name) => all.Any(m => m.Kind == kind && m.Name == name);

    private static Manifest ReadOne(string text)
    {
        var head = new DeserializerBuilder().WithNamingConvention(CamelCaseNamingConvention.Instance).IgnoreUnmatchedProperties().Build().Deserialize<Head>(text);
        try
        {
            var content = BuiltIn.TryGetValue($"{head.ApiVersion}/{head.Kind}", out var type) ? ReadBuiltIn(type, text)
                : CustomResources.Kinds.TryGetValue($"{head.ApiVersion}/{head.Kind}", out var custom) ? Custom.Deserialize(text, custom)!
                : throw new InvalidDataException("no such kind is known");
            return new(head.Kind, head.Metadata.Name, content, text);
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"{head.ApiVersion} {head.Kind} {head.Metadata?.Name}: {e.Message} {e.InnerException?.Message}", e);
        }
    }

    private static object ReadBuiltIn(Type type, string text) => KubernetesYaml.LoadAllFromString(text, new Dictionary<string, Type> { [BuiltIn.Single(b => b.Value == type).Key] = type }, strict: true).Single();

    private static string Key(string? group, string version, string kind) => string.IsNullOrEmpty(group) ? $"{version}/{kind}" : $"{group}/{version}/{kind}";

    [GeneratedRegex("^---.*$", RegexOptions.Multiline)]
    private static partial Regex Separator();

    private sealed class Head
    {
        public string ApiVersion { get; set; } = "";

        public string Kind { get; set; } = "";

        public V1ObjectMeta Metadata { get; set; } = new();
    }
}

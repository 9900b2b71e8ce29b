using System.Text.RegularExpressions;

namespace Deployment.Tests.Kubernetes.Rules;

/// <summary>Images are named by a digest or by a tag that stays what it is.</summary>
internal static partial class ImagesRule
{
    public static IEnumerable<string> Faults(Manifests manifests)
        => manifests.Workloads.SelectMany(w => w.AllContainers.Select(c => (w.Name, c.Image)).Concat((w.Pod.Volumes ?? []).Where(v => v.Image is not null).Select(v => (w.Name, Image: v.Image.Reference))))
            .Where(i => i.Image is null || !Named().IsMatch(i.Image) || i.Image.EndsWith(":latest", StringComparison.Ordinal))
            .Select(i => $"{i.Name}: {i.Image} is no image with a tag that stays.");

    [GeneratedRegex(@"^[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9._-]*|@sha256:[0-9a-f]{64})$")]
    private static partial Regex Named();
}

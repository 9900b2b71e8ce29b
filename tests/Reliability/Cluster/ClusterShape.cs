namespace Reliability.Cluster;

/// <summary>What a cluster consists of.</summary>
/// <param name="Replicas">Model servers; each has one core.</param>
/// <param name="Folder">Where its models, files and logs go; made, and cleared of an earlier run's.</param>
/// <param name="Settings">Of all services, beyond the usual ones.</param>
internal sealed record ClusterShape(int Replicas, int Gateways, string Folder, IReadOnlyDictionary<string, string>? Settings = null);

namespace Gateway.ApiDocs;

/// <summary>The answer of <c>GET /</c>.</summary>
/// <param name="Revision">The commit that was built; null where the build knew none.</param>
public sealed record Home(string Name, string Version, string? Revision, IReadOnlyDictionary<string, string> Links);

/// <summary>The answer of <c>/alive</c> and <c>/ready</c>, written by the framework's health checks.</summary>
public sealed record Probe(string Status);

namespace Gateway.ApiDocs;

/// <summary>The answer of <c>GET /</c>.</summary>
public sealed record Home(string Name, string Version, IReadOnlyDictionary<string, string> Links);

/// <summary>The answer of <c>/alive</c> and <c>/ready</c>, written by the framework's health checks.</summary>
public sealed record Probe(string Status);

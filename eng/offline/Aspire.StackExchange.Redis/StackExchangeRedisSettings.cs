namespace Aspire.StackExchange.Redis;

/// <summary>What <c>Aspire:StackExchange:Redis</c> in the configuration says about the client.</summary>
public sealed class StackExchangeRedisSettings
{
    /// <summary>Comma-separated endpoints and options. Default: <c>ConnectionStrings</c> under the connection's name.</summary>
    public string? ConnectionString { get; set; }

    public bool DisableHealthChecks { get; set; }

    /// <summary>No effect here: this stand-in emits no spans.</summary>
    public bool DisableTracing { get; set; }

    /// <summary>Whether the first use makes the connection rather than the start of the host.</summary>
    public bool DisableAutoActivation { get; set; } = true;
}

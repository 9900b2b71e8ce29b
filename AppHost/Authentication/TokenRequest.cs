namespace AppHost.Authentication;

/// <summary>What a token is asked to say.</summary>
internal sealed record TokenRequest
{
    /// <summary>The client's name; limits and shares are counted by it.</summary>
    public string Subject { get; init; } = "developer";

    /// <summary>Space-separated scopes.</summary>
    public string Scope { get; init; } = "infer";

    /// <summary>Space-separated names of the models it may use; all if null.</summary>
    public string? Models { get; init; }

    /// <summary>The rate limit tier.</summary>
    public string Tier { get; init; } = "developer";

    /// <summary>How long it is valid.</summary>
    public double Hours { get; init; } = 12;
}

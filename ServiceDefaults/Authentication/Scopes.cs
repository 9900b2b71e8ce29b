namespace ServiceDefaults.Authentication;

/// <summary>The scopes a token may carry; each is also the name of the authorization policy that asks for it.</summary>
public static class Scopes
{
    /// <summary>Every prediction route.</summary>
    public const string Infer = "infer";

    /// <summary>Listings of models; implied by <see cref="Infer"/>.</summary>
    public const string ModelsRead = "models:read";

    /// <summary><c>/metrics</c>; implied by <see cref="Admin"/>.</summary>
    public const string Metrics = "metrics";

    /// <summary><c>/admin</c> and repository control.</summary>
    public const string Admin = "admin";

    public static readonly string[] All = [Infer, ModelsRead, Metrics, Admin];

    /// <summary>Whether a scope that a token carries is the one asked for, or implies it.</summary>
    internal static bool Includes(ReadOnlySpan<char> held, string scope)
        => held.SequenceEqual(scope) || (scope == ModelsRead && held is Infer) || (scope == Metrics && held is Admin);
}

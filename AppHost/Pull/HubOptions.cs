namespace AppHost.Pull;

/// <summary>Which hub is asked, and as whom.</summary>
/// <param name="Endpoint">Without a slash at its end.</param>
/// <param name="Token">Sent to the endpoint alone, never where it redirects to.</param>
internal sealed record HubOptions(Uri Endpoint, string? Token)
{
    private const string PublicHub = "https://huggingface.co";

    /// <summary>From the variables that the hub's own client reads.</summary>
    /// <param name="variable">The value of an environment variable.</param>
    /// <exception cref="ArgumentException">The endpoint is not an address.</exception>
    public static HubOptions From(Func<string, string?> variable)
    {
        var endpoint = variable("HF_ENDPOINT") is { Length: > 0 } named ? named : PublicHub;
        if (!Uri.TryCreate(endpoint.TrimEnd('/'), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Query.Length > 0)
            throw new ArgumentException("HF_ENDPOINT must be an address that begins with https:// or http://.");
        return new HubOptions(uri, variable("HF_TOKEN")?.Trim() is { Length: > 0 } token ? token : null);
    }

    /// <summary>An address below the endpoint, which may have a path of its own.</summary>
    public Uri Address(string path) => new($"{Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    public bool IsEndpoint(Uri uri) => (uri.Scheme, uri.Host, uri.Port) == (Endpoint.Scheme, Endpoint.Host, Endpoint.Port);
}

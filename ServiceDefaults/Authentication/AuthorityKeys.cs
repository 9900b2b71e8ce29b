using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Authentication;

/// <summary>Holds the keys that the OIDC authority publishes. They are fetched again every few minutes, while requests go on with the old ones, and at
/// once when a token names a key that is not known. One fetch runs at a time, and invented names cannot make fetches frequent. While the authority
/// does not answer, the last keys stay good.</summary>
internal sealed partial class AuthorityKeys(IOptions<BearerOptions> options, TimeProvider time, ILogger<AuthorityKeys> logger) : IDisposable
{
    /// <summary>The age at which keys are fetched again, and so the time for which a withdrawn key is still believed.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>The least time between two fetches.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private const int MaxDocumentBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly HttpClient _http = new() { Timeout = Patience, MaxResponseContentBufferSize = MaxDocumentBytes };
    private readonly Lock _gate = new();
    private volatile Published _published = new(null, [], 0);
    private Task _asking = Task.CompletedTask;
    private long? _askedAt;

    /// <summary>Whether an authority is configured.</summary>
    public bool IsConfigured => options.Value.Authority is { Length: > 0 };

    /// <summary>Whether the authority has ever answered.</summary>
    public bool AreKnown => _published.Issuer is not null;

    /// <summary>The issuer that the authority calls itself; null until it has answered.</summary>
    public string? Issuer => _published.Issuer;

    /// <summary>Finds the keys for a token that is signed with an algorithm; none where the authority has published its keys for another one (RFC 7517 §4.4).</summary>
    /// <param name="id">The key's exact name. A token that names no key gets one only where the authority has published a single key.</param>
    public SecurityKey[] Find(string? id, string algorithm) => [.. Named(id).Where(k => k.Algorithm is null || k.Algorithm == algorithm).Select(k => k.Key)];

    /// <summary>Fetches the keys where they are old, and waits for them where the key is not known.</summary>
    public Task PrepareAsync(string? id, CancellationToken cancellationToken)
    {
        var isKnown = Named(id).Any();
        if (isKnown && time.GetElapsedTime(_published.At) < Lifetime) return Task.CompletedTask;
        var asking = Ask();
        return isKnown ? Task.CompletedTask : asking.WaitAsync(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private IEnumerable<PublishedKey> Named(string? id)
    {
        var keys = _published.Keys;
        return id is { Length: > 0 } ? keys.Where(k => k.Id == id) : keys.Length == 1 ? keys : [];
    }

    private Task Ask()
    {
        lock (_gate)
        {
            if (!_asking.IsCompleted || (_askedAt is { } asked && time.GetElapsedTime(asked) < Pause)) return _asking;
            _askedAt = time.GetTimestamp();
            return _asking = AskAsync();
        }
    }

    private async Task AskAsync()
    {
        try
        {
            var address = options.Value.Authority!.TrimEnd('/') + "/.well-known/openid-configuration";
            var documents = new HttpDocumentRetriever(_http) { RequireHttps = options.Value.RequireHttpsMetadata };
            var answer = await OpenIdConnectConfigurationRetriever.GetAsync(address, documents, CancellationToken.None);
            PublishedKey[] keys = [.. (answer.JsonWebKeySet?.Keys ?? []).Select(PublishedKey.Of).OfType<PublishedKey>()];
            if (keys is []) throw new InvalidOperationException("It publishes none.");
            _published = new(answer.Issuer ?? options.Value.Issuer, keys, time.GetTimestamp());
        }
        catch (Exception e)
        {
            LogUnanswered(e.Message);
        }
    }

    [LoggerMessage(EventId = 3000, Level = LogLevel.Warning, Message = "The authority's keys could not be had; the last ones stay good ({Reason})")]
    private partial void LogUnanswered(string reason);

    private sealed record Published(string? Issuer, PublishedKey[] Keys, long At);
}

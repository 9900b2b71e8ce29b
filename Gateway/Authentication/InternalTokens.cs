using System.Security.Claims;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Gateway.Authentication;

/// <summary>Issues the tokens that the gateway makes itself: short-lived ones that it sends to model servers in place of API keys and with its probes, each
/// reused until it has nearly expired, and those of the command <c>token</c>.</summary>
internal sealed class InternalTokens(IOptions<BearerOptions> options, TimeProvider time)
{
    private const int Capacity = 10_000;

    /// <summary>How long each is valid.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);
    private readonly BoundedMemory<Issued> _issued = new(Capacity);
    private static readonly ApiKey Gateway = new("gateway", [], "gateway", "gateway", [Scopes.ModelsRead], null, null, default, null);
    private readonly (SymmetricSecurityKey Key, string Issuer)? _signer = options.Value.GatewayTokens;

    /// <summary>Whether the gateway has a key to sign tokens with.</summary>
    public bool CanIssue => _signer is not null;

    /// <summary>Returns the token of probes, which may list models and do nothing else.</summary>
    public string ForProbes() => For(Gateway).Token;

    public (ClaimsPrincipal Principal, string Token) For(ApiKey key)
    {
        var now = time.GetUtcNow();
        // Not the same record: the key was changed.
        if (_issued.TryGet(key.Id, out var issued) && issued.Key == key && now < issued.Until) return (issued.Principal, issued.Token);
        issued = Issue(key, now);
        _issued.Set(key.Id, issued);
        return (issued.Principal, issued.Token);
    }

    /// <summary>Signs a token that is valid from now on.</summary>
    /// <exception cref="ApiKeysUnavailableException">There is no key to sign with.</exception>
    public string Sign(ClaimsIdentity identity, DateTimeOffset now, TimeSpan lifetime)
    {
        var (signingKey, issuer) = _signer ?? throw new ApiKeysUnavailableException();
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = options.Value.Audience,
            Subject = identity,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            SigningCredentials = new(signingKey, SecurityAlgorithms.HmacSha256),
        });
    }

    private Issued Issue(ApiKey key, DateTimeOffset now)
    {
        var identity = new ClaimsIdentity(key.Claims(), ApiKeyAuthentication.SchemeName);
        return new(key, new(identity), Sign(identity, now, Lifetime), now + Lifetime - Margin);
    }

    private sealed record Issued(ApiKey Key, ClaimsPrincipal Principal, string Token, DateTimeOffset Until);
}

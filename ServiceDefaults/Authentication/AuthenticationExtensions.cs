using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Authentication;

/// <summary>Registers JWT bearer authentication and a policy for each scope. Every route denies without a valid token unless it says otherwise.</summary>
public static class AuthenticationExtensions
{
    internal static void AddBearerAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<BearerOptions, BearerOptionsValidator>(BearerOptions.SectionName);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        RememberedAuthentication.AddTo(builder.Services);
        builder.Services.AddSingleton<RevokedTokens>();
        builder.Services.AddHostedService<RevocationSync>();
        builder.Services.AddSingleton<ValidatedTokens>();
        builder.Services.AddSingleton<AuthorityKeys>();
        builder.Services.AddSingleton<BearerEvents>();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<BearerOptions>, AuthorityKeys>(Configure);

        // The fallback covers addresses without an endpoint too: who has no token does not learn which ones exist.
        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        var authorization = builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(signedIn);
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireAssertion(c => c.User.HasScope(scope)));
    }

    /// <summary>The caller's stable identity: the token's <c>sub</c>, else its <c>client_id</c> or <c>azp</c>. Null for nobody; a token that names nobody is refused.</summary>
    public static string? Subject(this ClaimsPrincipal user) => user.FindFirstValue(TokenText.Subject);

    /// <summary>The token's own id, by which it can be revoked.</summary>
    public static string? TokenId(this ClaimsPrincipal user) => user.FindFirstValue("jti");

    /// <summary>Whether the token's <c>models</c> claim (names or <c>name:version</c>, separated by spaces) allows a model; without the claim all are, and an empty one allows none.</summary>
    /// <param name="reference"><c>name</c> or <c>name:version</c>; a name stands for all its versions.</param>
    public static bool MayUse(this ClaimsPrincipal user, string reference)
    {
        var isLimited = false;
        foreach (var claim in user.FindAll(TokenText.Models))
        {
            isLimited = true;
            foreach (var allowed in claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                if (allowed == reference || (reference.StartsWith(allowed, StringComparison.Ordinal) && reference[allowed.Length] == ':')) return true;
        }

        return !isLimited;
    }

    /// <summary>Whether the token names the models it is for.</summary>
    public static bool HasModelList(this ClaimsPrincipal user) => user.HasClaim(c => c.Type == TokenText.Models);

    /// <summary>Whether the token carries a scope, or one that implies it.</summary>
    public static bool HasScope(this ClaimsPrincipal user, string scope)
    {
        foreach (var claim in user.Claims)
        {
            if (claim.Type is not ("scope" or "scp")) continue;
            foreach (var range in claim.Value.AsSpan().Split(' '))
                if (Scopes.Includes(claim.Value.AsSpan(range), scope)) return true;
        }

        return false;
    }

    private static void Configure(JwtBearerOptions jwt, IOptions<BearerOptions> options, AuthorityKeys authority)
    {
        var bearer = options.Value;
        jwt.IncludeErrorDetails = false;
        jwt.SaveToken = false;
        jwt.MapInboundClaims = false;
        jwt.EventsType = typeof(BearerEvents);
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidateIssuer = true,
            ValidIssuer = bearer.HasGatewayKeyAlone ? BearerOptions.GatewayIssuer : bearer.Issuer,
            ValidateAudience = true,
            ValidAudience = bearer.Audience,
            ValidateLifetime = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            IssuerSigningKey = bearer.GatewayTokens?.Key,
            AlgorithmValidator = (algorithm, key, _, _) => IsAllowed(algorithm, key),
            // Its cache goes by the key's name: a key replaced under the same name would stay good.
            CryptoProviderFactory = new CryptoProviderFactory { CacheSignatureProviders = false },
        };
        if (!authority.IsConfigured) return;

        // The keys come from AuthorityKeys, and each issuer is checked with its own keys alone.
        SecurityKey[] own = bearer.GatewayTokens is { } gateway ? [gateway.Key] : [];
        jwt.TokenValidationParameters.IssuerSigningKeyResolver = (_, token, kid, _) => token.Issuer == BearerOptions.GatewayIssuer ? own : authority.Find(kid, ((JsonWebToken)token).Alg);
        jwt.TokenValidationParameters.IssuerValidator = (issuer, _, _) => issuer == bearer.Issuer || issuer == authority.Issuer || (issuer == BearerOptions.GatewayIssuer && own is not [])
            ? issuer
            : throw new SecurityTokenInvalidIssuerException("Not an issuer that is believed.");
        jwt.TokenValidationParameters.IssuerSigningKeyValidator = (key, token, _) => key is SymmetricSecurityKey == (token.Issuer == BearerOptions.GatewayIssuer);
    }

    // RFC 8725 §3.1; and HMAC with secrets alone: a public key is never one.
    private static bool IsAllowed(string algorithm, SecurityKey key)
        => key is SymmetricSecurityKey ? algorithm == SecurityAlgorithms.HmacSha256 : BearerOptions.AsymmetricAlgorithms.Contains(algorithm, StringComparer.Ordinal);
}

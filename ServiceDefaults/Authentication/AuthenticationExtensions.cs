using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults;

/// <summary>JWT bearer authentication and the scopes of the platform. Every route denies without a valid token unless it says otherwise.</summary>
public static class AuthenticationExtensions
{
    internal static void AddBearerAuthentication(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<BearerOptions, BearerOptionsValidator>(BearerOptions.SectionName);
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder.Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme).Configure<IOptions<BearerOptions>>(Configure);

        // The fallback covers addresses without an endpoint too: who has no token does not learn which ones exist.
        var signedIn = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
        var authorization = builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(signedIn);
        foreach (var scope in Scopes.All)
            authorization.AddPolicy(scope, policy => policy.RequireAuthenticatedUser().RequireAssertion(c => c.User.HasScope(scope)));
    }

    /// <summary>The caller's stable identity: the token's <c>sub</c>.</summary>
    public static string? Subject(this ClaimsPrincipal user) => user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier);

    /// <summary>Whether the token carries a scope, or one that implies it.</summary>
    public static bool HasScope(this ClaimsPrincipal user, string scope)
        => user.Claims
            .Where(c => c.Type is "scope" or "scp" or "http://schemas.microsoft.com/identity/claims/scope")
            .SelectMany(c => c.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Any(held => held == scope || Scopes.Implied(held) == scope);

    private static void Configure(JwtBearerOptions jwt, IOptions<BearerOptions> options)
    {
        var bearer = options.Value;
        jwt.IncludeErrorDetails = false;
        jwt.SaveToken = false;
        jwt.TokenValidationParameters = new TokenValidationParameters
        {
            ValidateIssuer = true,
            ValidIssuer = bearer.Issuer,
            ValidateAudience = true,
            ValidAudience = bearer.Audience,
            ValidateLifetime = true,
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = true,
            ClockSkew = TimeSpan.FromSeconds(30),
        };
        if (bearer.Authority is { Length: > 0 } authority)
        {
            jwt.Authority = authority;
            jwt.RequireHttpsMetadata = bearer.RequireHttpsMetadata;
            jwt.TokenValidationParameters.CryptoProviderFactory = new AlgorithmAllowList(BearerOptions.AsymmetricAlgorithms);
        }
        else
        {
            jwt.TokenValidationParameters.IssuerSigningKey = new SymmetricSecurityKey(Encoding.UTF8.GetBytes(bearer.SigningKey!));
            jwt.TokenValidationParameters.CryptoProviderFactory = new AlgorithmAllowList([SecurityAlgorithms.HmacSha256]);
        }
    }
}

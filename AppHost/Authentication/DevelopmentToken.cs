using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AppHost.Authentication;

/// <summary>Signs the tokens of a platform that runs on a developer's machine.</summary>
internal static class DevelopmentToken
{
    public const string Issuer = "urn:transformer-platform:development";
    public const string Audience = "transformer-platform";

    /// <summary>Signs with the platform's HS256 key.</summary>
    public static string Issue(string key, TokenRequest request)
    {
        List<Claim> claims = [new("sub", request.Subject), new("scope", request.Scope), new("tier", request.Tier), new("jti", Guid.NewGuid().ToString("N"))];
        if (request.Models is { } models) claims.Add(new("models", models));
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Subject = new ClaimsIdentity(claims),
            IssuedAt = now,
            NotBefore = now,
            Expires = now.AddHours(request.Hours),
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
    }
}

using System.Security.Claims;
using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServiceDefaults.Authentication;

namespace AppHost.Authentication;

/// <summary>Signs the tokens of a platform that runs on a developer's machine.</summary>
internal static class DevelopmentToken
{
    public const string Issuer = "urn:transformer-platform:development";
    public const string Audience = "transformer-platform";

    /// <summary>What a token says unless told otherwise.</summary>
    public static readonly TokenRequest Request = new() { Tier = "developer" };

    /// <summary>Signs with the platform's HS256 key.</summary>
    public static string Issue(string key, TokenRequest request)
    {
        var now = DateTime.UtcNow;
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            Subject = new ClaimsIdentity(request.Claims()),
            IssuedAt = now,
            NotBefore = now,
            Expires = now + request.Lifetime,
            SigningCredentials = new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(key)), SecurityAlgorithms.HmacSha256),
        });
    }
}

using System.Reflection;
using System.Security.Claims;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace AppHost.Authentication;

/// <summary><c>token [--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>: a token for the platform on this machine.</summary>
internal static class TokenCommand
{
    public const string Issuer = "urn:transformer-platform:development";
    public const string Audience = "transformer-platform";

    /// <returns>0 with the token alone on <paramref name="output"/>, or 2 with the reason on <paramref name="error"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var configuration = new ConfigurationBuilder().AddUserSecrets(Assembly.GetExecutingAssembly(), optional: true).AddEnvironmentVariables().Build();
            var asked = TokenRequest.Parse(args);
            var key = configuration[$"Parameters:{TokenTrustExtensions.SigningKeyParameter}"] ?? throw new ArgumentException("There is no signing key yet: run ./start once.");
            output.WriteLine(Issue(key, asked));
            return 0;
        }
        catch (ArgumentException e)
        {
            error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>Signs a token with the platform's HS256 key.</summary>
    public static string Issue(string key, TokenRequest request)
    {
        List<Claim> claims = [new("sub", request.Subject), new("scope", request.Scope), new("tier", request.Tier), new("jti", Guid.NewGuid().ToString("N"))];
        if (request.Models is { } models) claims.Add(new("models", models.Replace(',', ' ')));
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

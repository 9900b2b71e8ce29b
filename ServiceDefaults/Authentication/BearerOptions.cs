using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Authentication;

/// <summary>Configures which tokens are believed: those of an <see cref="Authority"/>, those signed with a <see cref="SigningKey"/>, or, with a
/// <see cref="GatewayKey"/> and neither of the two, those alone that the gateway makes itself.</summary>
public sealed class BearerOptions
{
    public const string SectionName = "Authentication";

    /// <summary>Shortest signing key accepted, in bytes of UTF-8: the output size of the hash (RFC 7518 §3.2).</summary>
    public const int MinSigningKeyBytes = 32;

    /// <summary>Longest token accepted, in characters.</summary>
    public const int MaxTokenLength = 8 * 1024;

    /// <summary>The <c>iss</c> of tokens that the gateway itself makes where an authority makes the others.</summary>
    public const string GatewayIssuer = "urn:transformer-platform:gateway";

    /// <summary>The algorithms that an OIDC authority may sign with; never a symmetric algorithm, never <c>none</c>.</summary>
    public static readonly string[] AsymmetricAlgorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>The required <c>iss</c> claim; of no effect with a <see cref="GatewayKey"/> alone.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>The required <c>aud</c> claim.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The OIDC issuer whose published keys verify tokens (production).</summary>
    public string? Authority { get; set; }

    /// <summary>Whether the authority's keys must come over HTTPS; may be switched off for an authority on loopback alone.</summary>
    public bool RequireHttpsMetadata { get; set; } = true;

    /// <summary>The HS256 secret (development), at least 32 bytes.</summary>
    public string? SigningKey { get; set; }

    /// <summary>The HS256 secret, at least 32 bytes, with which the gateway makes the tokens that stand for API keys on the way to the model servers, and those of
    /// its command <c>token</c>. Beside an <see cref="Authority"/> there are no API keys without it; alone it serves where there is no OIDC provider.</summary>
    public string? GatewayKey { get; set; }

    /// <summary>Key and issuer of the tokens that the gateway makes; null where it cannot.</summary>
    public (SymmetricSecurityKey Key, string Issuer)? GatewayTokens
        => SigningKey is { Length: > 0 } signing ? (KeyOf(signing), Issuer)
            : GatewayKey is { Length: > 0 } own ? (KeyOf(own), GatewayIssuer)
            : null;

    /// <summary>Whether the gateway alone makes tokens.</summary>
    internal bool HasGatewayKeyAlone => GatewayKey is { Length: > 0 } && string.IsNullOrEmpty(Authority) && string.IsNullOrEmpty(SigningKey);

    internal static SymmetricSecurityKey KeyOf(string secret) => new(Encoding.UTF8.GetBytes(secret));
}

internal sealed class BearerOptionsValidator : IValidateOptions<BearerOptions>
{
    public ValidateOptionsResult Validate(string? name, BearerOptions options)
    {
        List<string> errors = [];
        if (string.IsNullOrWhiteSpace(options.Issuer) && !options.HasGatewayKeyAlone) errors.Add("Authentication:Issuer is missing.");
        if (string.IsNullOrWhiteSpace(options.Audience)) errors.Add("Authentication:Audience is missing.");
        if (string.IsNullOrEmpty(options.Authority) == string.IsNullOrEmpty(options.SigningKey) && !options.HasGatewayKeyAlone)
            errors.Add("Set exactly one of Authentication:Authority and Authentication:SigningKey, or Authentication:GatewayKey alone.");
        foreach (var (setting, key) in new[] { (nameof(options.SigningKey), options.SigningKey), (nameof(options.GatewayKey), options.GatewayKey) })
            if (key is { Length: > 0 } && Encoding.UTF8.GetByteCount(key) < BearerOptions.MinSigningKeyBytes)
                errors.Add($"Authentication:{setting} is shorter than {BearerOptions.MinSigningKeyBytes} bytes.");
        if (options.Issuer == BearerOptions.GatewayIssuer) errors.Add("Authentication:Issuer is the gateway's own.");
        if (options.Authority is { Length: > 0 } authority)
        {
            if (!Uri.TryCreate(authority, UriKind.Absolute, out var address))
                errors.Add("Authentication:Authority is not an absolute address.");
            else if (address.Scheme != Uri.UriSchemeHttps && options.RequireHttpsMetadata)
                errors.Add("Authentication:Authority must use HTTPS.");
            else if (!options.RequireHttpsMetadata && !address.IsLoopback)
                errors.Add("Authentication:RequireHttpsMetadata may be false for an authority on loopback only.");
        }

        return errors.Count > 0 ? ValidateOptionsResult.Fail(errors) : ValidateOptionsResult.Success;
    }
}

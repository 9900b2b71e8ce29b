using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Authentication;

/// <summary>A public key with which an authority lets its signatures be verified.</summary>
/// <param name="Id">Its name (<c>kid</c>), or null.</param>
/// <param name="Algorithm">The only algorithm that it is for (<c>alg</c>); null where any of its kind will do.</param>
internal sealed record PublishedKey(string? Id, string? Algorithm, SecurityKey Key)
{
    /// <returns>Null for a key that is not for signatures (RFC 7517 §4.2 and §4.3), and for a secret: one that is published is none.</returns>
    public static PublishedKey? Of(JsonWebKey key)
    {
        var isForSignatures = key is { Use: null or "" or "sig" } && (key.KeyOps is [] || key.KeyOps.Contains("verify"));
        return isForSignatures && JsonWebKeyConverter.TryConvertToSecurityKey(key, out var converted) && converted is AsymmetricSecurityKey
            ? new(key.KeyId, string.IsNullOrEmpty(key.Alg) ? null : key.Alg, converted)
            : null;
    }
}

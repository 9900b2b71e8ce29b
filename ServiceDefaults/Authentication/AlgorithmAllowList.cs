using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults;

/// <summary>Verifies signatures made with the named algorithms only (RFC 8725 §3.1), and HMAC with secrets alone: a public key is never one.
/// Every IdentityModel version asks <see cref="IsSupportedAlgorithm"/> before it verifies; <c>ValidAlgorithms</c> came later than some we build with.</summary>
internal sealed class AlgorithmAllowList : CryptoProviderFactory
{
    private readonly string[] _asymmetric;

    public AlgorithmAllowList(string[] asymmetric)
    {
        _asymmetric = asymmetric;
        // Its cache goes by the key's name: a key replaced under the same name would stay good.
        CacheSignatureProviders = false;
    }

    public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key)
        => (key is SymmetricSecurityKey ? algorithm == SecurityAlgorithms.HmacSha256 : _asymmetric.Contains(algorithm, StringComparer.Ordinal))
            && base.IsSupportedAlgorithm(algorithm, key);
}

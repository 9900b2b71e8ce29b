using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults;

/// <summary>Verifies signatures made with the named algorithms only (RFC 8725 §3.1). Every IdentityModel version asks
/// <see cref="IsSupportedAlgorithm"/> before it verifies; <c>ValidAlgorithms</c> came later than some we build with.</summary>
internal sealed class AlgorithmAllowList(string[] allowed) : CryptoProviderFactory
{
    public override bool IsSupportedAlgorithm(string algorithm, SecurityKey key)
        => allowed.Contains(algorithm, StringComparer.Ordinal) && base.IsSupportedAlgorithm(algorithm, key);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ServiceDefaults.Rollouts;

/// <summary>Decides which version a caller gets for a model's bare name: a function of the document and the caller alone, so that every server decides alike
/// and a caller stays with its version. Who is in at 10 % is in at 50 % too.</summary>
public static class RolloutChoice
{
    private const double Parts = 10_000;

    /// <param name="subject">Whom the token names.</param>
    /// <returns>Null where no version is active.</returns>
    public static string? VersionFor(Rollout rollout, string subject)
        => rollout.Trial is { Stage: TrialStage.Canary } canary && IsInCanary(rollout.Model, canary.Version, subject, canary.Percent) ? canary.Version : rollout.Active;

    /// <summary>Whether a subject is among the given percentage of all. Each canary draws others.</summary>
    public static bool IsInCanary(string model, string version, string subject, double percent)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{model}:{version}\n{subject}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)Parts < percent / 100 * Parts;
    }
}

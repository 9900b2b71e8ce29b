using System.Globalization;

namespace ServiceDefaults.Protocol;

/// <summary>How the gateway learns what a request took whose answer did not come to its end, or came without trailers: it numbers each attempt by
/// a header, and asks the model server for that number afterwards. The header is the gateway's alone: what a client sends under its name is replaced.</summary>
public static class UsageInquiry
{
    public const string AttemptHeader = "x-attempt-id";

    /// <summary>The model server's route.</summary>
    public const string Route = "/usage/{attempt}";

    /// <summary>How long a model server waits for the end of an attempt that it is asked about: a cut one ends with the step it is in.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private const int MaxLength = 64;

    public static string Path(string attempt) => "/usage/" + attempt;

    /// <summary>Names the attempts of one gateway.</summary>
    /// <param name="gateway">Distinguishes gateways, and one from itself before it was restarted.</param>
    public static string Format(uint gateway, long attempt) => string.Create(CultureInfo.InvariantCulture, $"{gateway:x8}-{attempt}");

    /// <summary>Whether a name may be one of a gateway's.</summary>
    public static bool IsSane(string? attempt) => attempt is { Length: > 0 and <= MaxLength } && attempt.All(c => char.IsAsciiHexDigitLower(c) || c == '-');
}

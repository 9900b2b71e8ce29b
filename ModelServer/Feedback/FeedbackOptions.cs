using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Feedback;

/// <summary>How long classifications are remembered so that feedback finds them. Their texts are not.</summary>
internal sealed class FeedbackOptions
{
    public const string SectionName = "Feedback";

    /// <summary>The last inputs that are remembered; 0 for none. Each takes about 100 bytes and its request's id.</summary>
    [Range(0, 10_000_000)]
    public int Remembered { get; set; } = 10_000;

    /// <summary>After this time feedback comes too late.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);
}

[OptionsValidator]
internal sealed partial class FeedbackOptionsValidator : IValidateOptions<FeedbackOptions>;

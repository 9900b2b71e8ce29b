using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Usage;

/// <summary>How many tokens are reserved for a request before it is forwarded; part of the settings of the limits.</summary>
internal sealed class ReservationOptions
{
    public const string SectionName = "RateLimiting";

    /// <summary>Bytes of a request body for which one token of the prompt is reserved. 1 reserves at least what any tokenizer makes of them;
    /// more refuses less near the limit, and what a text has beyond it is charged afterwards.</summary>
    [Range(1, 16)]
    public int BytesPerToken { get; set; } = 4;

    /// <summary>Tokens reserved for each answer of a chat that sets no maximum; the other generating routes have one by default.</summary>
    [Range(0, 1_000_000)]
    public int CompletionTokens { get; set; } = 256;
}

[OptionsValidator]
internal sealed partial class ReservationOptionsValidator : IValidateOptions<ReservationOptions>;

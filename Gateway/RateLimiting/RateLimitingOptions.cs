using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>How many requests each client may make. A client is a token's <c>sub</c>; its tier is the token's <c>tier</c> claim.</summary>
internal sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    /// <summary>The tier of tokens that name none, or one that is not configured.</summary>
    [Required]
    public string DefaultTier { get; set; } = "default";

    /// <summary>The tiers by name.</summary>
    public Dictionary<string, TierOptions> Tiers { get; set; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["default"] = new() { RequestsPerMinute = 60 },
        ["developer"] = new() { RequestsPerMinute = 100_000 },
    };
}

internal sealed class TierOptions
{
    /// <summary>The most that <see cref="RequestsPerMinute"/> can be.</summary>
    public const int MaxRequestsPerMinute = 10_000_000;

    /// <summary>Requests a minute: all of them may come at once, then they come back evenly.</summary>
    public int RequestsPerMinute { get; set; } = 60;

    /// <summary>No limit at all; only the development environment allows it.</summary>
    public bool Unlimited { get; set; }
}

internal sealed class RateLimitingOptionsValidator(IHostEnvironment environment) : IValidateOptions<RateLimitingOptions>
{
    public ValidateOptionsResult Validate(string? name, RateLimitingOptions options)
    {
        List<string> errors = [];
        if (!options.Tiers.ContainsKey(options.DefaultTier))
            errors.Add($"RateLimiting:DefaultTier is '{options.DefaultTier}', which RateLimiting:Tiers does not have.");
        foreach (var (tier, settings) in options.Tiers)
        {
            if (settings.Unlimited && !environment.IsDevelopment())
                errors.Add($"RateLimiting:Tiers:{tier} is unlimited, which only the Development environment allows.");
            if (settings.RequestsPerMinute is < 1 or > TierOptions.MaxRequestsPerMinute)
                errors.Add($"RateLimiting:Tiers:{tier}:RequestsPerMinute must lie between 1 and {TierOptions.MaxRequestsPerMinute}.");
            if (tier.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                errors.Add($"RateLimiting:Tiers:{tier}: a tier's name has letters, digits, '-' and '_' only (it is sent in a header).");
        }

        return errors is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}

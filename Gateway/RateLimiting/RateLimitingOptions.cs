using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.RateLimiting;

/// <summary>How much each client may ask. A client is whoever a token names; its tier is the token's <c>tier</c> claim. All gateways that share
/// a Redis (<c>ConnectionStrings:cache</c>) share the limits.</summary>
internal sealed class RateLimitingOptions
{
    public const string SectionName = "RateLimiting";

    /// <summary>The tier of tokens that name none, or one that is not configured; API keys of such a tier are refused.</summary>
    [Required]
    public string DefaultTier { get; set; } = "default";

    /// <summary>The tiers by name.</summary>
    public Dictionary<string, TierOptions> Tiers { get; set; } = new(StringComparer.OrdinalIgnoreCase)
    {
        ["default"] = new() { RequestsPerMinute = 60 },
        ["developer"] = new() { RequestsPerMinute = 100_000 },
    };

    /// <summary>Gateways that share the limits, for as long as Redis cannot count them: while it does not answer, each gives out its share alone.</summary>
    [Range(1, 1000)]
    public int Instances { get; set; } = 1;

    /// <summary>How long a request waits for Redis before its gateway decides alone.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan RedisBudget { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Failures and timeouts in a row after which Redis is left alone.</summary>
    [Range(1, 1000)]
    public int BreakerFailures { get; set; } = 5;

    /// <summary>How long it is left alone before one request tries it again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00", ParseLimitsInInvariantCulture = true, ConvertValueInInvariantCulture = true)]
    public TimeSpan BreakerPause { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>The limits of one tier, each for one client and for any span of that length, wherever it begins.</summary>
internal sealed class TierOptions
{
    /// <summary>The most that a limit can be.</summary>
    public const long MaxLimit = 1_000_000_000_000;

    /// <summary>Requests a minute.</summary>
    public long RequestsPerMinute { get; set; } = 60;

    /// <summary>How many of them may come at once, in each <c>Burst / RequestsPerMinute</c> of a minute; 0 for all.</summary>
    public long Burst { get; set; }

    /// <summary>Requests being answered at the same time; 0 for any number.</summary>
    public int Concurrency { get; set; }

    /// <summary>Tokens a minute, read and written; 0 for any number.</summary>
    public long TokensPerMinute { get; set; }

    /// <summary>Tokens in 24 hours; 0 for any number.</summary>
    public long TokensPerDay { get; set; }

    /// <summary>Tokens in 30 days; 0 for any number.</summary>
    public long TokensPerMonth { get; set; }

    /// <summary>No limit at all; only the development environment allows it.</summary>
    public bool Unlimited { get; set; }
}

[OptionsValidator]
internal sealed partial class RateLimitingRangesValidator : IValidateOptions<RateLimitingOptions>;

internal sealed class RateLimitingOptionsValidator(IHostEnvironment environment) : IValidateOptions<RateLimitingOptions>
{
    private readonly RateLimitingRangesValidator _ranges = new();

    public ValidateOptionsResult Validate(string? name, RateLimitingOptions options)
    {
        List<string> errors = [.. _ranges.Validate(name, options).Failures ?? []];
        if (!options.Tiers.ContainsKey(options.DefaultTier))
            errors.Add($"RateLimiting:DefaultTier is '{options.DefaultTier}', which RateLimiting:Tiers does not have.");
        foreach (var (tier, settings) in options.Tiers)
        {
            if (settings.Unlimited && !environment.IsDevelopment())
                errors.Add($"RateLimiting:Tiers:{tier} is unlimited, which only the Development environment allows.");
            Check(tier, nameof(settings.RequestsPerMinute), settings.RequestsPerMinute, 1, TierOptions.MaxLimit);
            Check(tier, nameof(settings.Burst), settings.Burst, 0, settings.RequestsPerMinute);
            Check(tier, nameof(settings.Concurrency), settings.Concurrency, 0, 1_000_000);
            Check(tier, nameof(settings.TokensPerMinute), settings.TokensPerMinute, 0, TierOptions.MaxLimit);
            Check(tier, nameof(settings.TokensPerDay), settings.TokensPerDay, 0, TierOptions.MaxLimit);
            Check(tier, nameof(settings.TokensPerMonth), settings.TokensPerMonth, 0, TierOptions.MaxLimit);
            if (tier.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
                errors.Add($"RateLimiting:Tiers:{tier}: a tier's name has letters, digits, '-' and '_' only (it is sent in a header).");
        }

        return errors is [] ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string tier, string limit, long value, long least, long most)
        {
            if (value < least || value > most) errors.Add($"RateLimiting:Tiers:{tier}:{limit} must lie between {least} and {most}.");
        }
    }
}

using System.Globalization;
using System.Security.Claims;

namespace ServiceDefaults.Authentication;

/// <summary>What a token is asked to say, on the command lines that make one.</summary>
public sealed record TokenRequest
{
    /// <summary>The longest time a token is valid, in hours: a year.</summary>
    private const double MaxHours = 8760;

    private static readonly string[] Options = ["--subject", "--scope", "--models", "--tier", "--hours"];

    /// <summary>By which it can be revoked.</summary>
    public string Id { get; } = Guid.NewGuid().ToString("N");

    /// <summary>The client's name; limits and shares are counted by it.</summary>
    public string Subject { get; init; } = "developer";

    /// <summary>Scopes with spaces between them.</summary>
    public string Scope { get; init; } = Scopes.Infer;

    /// <summary>The models it is for, with spaces between them; all if null.</summary>
    public string? Models { get; init; }

    /// <summary>The rate limit tier; the default one if null.</summary>
    public string? Tier { get; init; }

    /// <summary>How long it is valid; a working day unless told otherwise.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(12);

    /// <summary>This with what a command line says: <c>[--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>.</summary>
    /// <exception cref="ArgumentException">An option is unknown, lacks its value or has a bad one.</exception>
    public TokenRequest With(ReadOnlySpan<string> args)
    {
        var request = this;
        for (var i = 0; i < args.Length; i += 2)
        {
            var option = args[i];
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (!Options.Contains(option)) throw new ArgumentException($"Unknown option {option}. Options: {string.Join(' ', Options)}.");
            if (string.IsNullOrWhiteSpace(value) || value.StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"{option} needs a value.");
            request = option switch
            {
                "--subject" => request with { Subject = value },
                "--scope" => request with { Scope = value },
                "--models" => request with { Models = ParseModels(value) },
                "--tier" => request with { Tier = value },
                _ => request with { Lifetime = ParseHours(value) },
            };
        }

        return request;
    }

    public IEnumerable<Claim> Claims()
    {
        yield return new("sub", Subject);
        yield return new("scope", Scope);
        yield return new("jti", Id);
        if (Tier is not null) yield return new("tier", Tier);
        if (Models is not null) yield return new("models", Models);
    }

    /// <summary>A list without a name would allow no model, which nobody asks for: without the option all are allowed.</summary>
    private static string ParseModels(string value)
        => value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? string.Join(' ', names)
            : throw new ArgumentException("--models must name at least one model; without the option the token is for all.");

    private static TimeSpan ParseHours(string value)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= MaxHours
            ? TimeSpan.FromHours(hours)
            : throw new ArgumentException($"--hours must be a number above 0 and up to {MaxHours}.");
}

using System.Globalization;

namespace AppHost.Authentication;

/// <summary>What a token is asked to say.</summary>
internal sealed record TokenRequest
{
    /// <summary>The client's name; limits and shares are counted by it.</summary>
    public string Subject { get; init; } = "developer";

    /// <summary>Space-separated scopes.</summary>
    public string Scope { get; init; } = "infer";

    /// <summary>Comma-separated names of the models it may use; all if null.</summary>
    public string? Models { get; init; }

    /// <summary>The rate limit tier.</summary>
    public string Tier { get; init; } = "developer";

    /// <summary>How long it is valid.</summary>
    public double Hours { get; init; } = 12;

    /// <exception cref="ArgumentException">An option is unknown, lacks its value or has a bad one.</exception>
    public static TokenRequest Parse(ReadOnlySpan<string> args)
    {
        var request = new TokenRequest();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : throw new ArgumentException($"{args[i]} needs a value.");
            request = args[i] switch
            {
                "--subject" => request with { Subject = value },
                "--scope" => request with { Scope = value },
                "--models" => request with { Models = value },
                "--tier" => request with { Tier = value },
                "--hours" => request with { Hours = ParseHours(value) },
                _ => throw new ArgumentException($"Unknown option {args[i]}. Options: --subject --scope --models --tier --hours."),
            };
        }

        return request;
    }

    private static double ParseHours(string value)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= 8760
            ? hours
            : throw new ArgumentException("--hours must be a number above 0 and up to 8760.");
}

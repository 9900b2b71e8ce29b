using System.Globalization;

namespace AppHost.Rollouts;

/// <summary>The command line of <c>./model list|load|activate|canary|shadow|rollback|unload</c>.</summary>
internal sealed record RolloutArguments
{
    public const string Options = "[--gateway URL | --gateway-port P] [--token T] [--json]";

    /// <summary>The words that are no options: a model, with a version behind a colon or as a word of its own.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    public Uri Gateway { get; init; } = new("http://localhost:8080/");

    public string? Token { get; init; }

    public double? Percent { get; init; }

    public bool IsForced { get; init; }

    public bool IsJson { get; init; }

    public bool Waits { get; init; } = true;

    /// <param name="allowed">The options that this command has beside those that all have.</param>
    /// <exception cref="ArgumentException">An option is unknown, lacks its value or has a bad one.</exception>
    public static RolloutArguments Parse(ReadOnlySpan<string> args, params string[] allowed)
    {
        var (parsed, words) = (new RolloutArguments(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith('-'))
            {
                words.Add(args[i]);
                continue;
            }

            var (name, given) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name is not ("--gateway" or "--gateway-port" or "--token" or "--json") && !allowed.Contains(name))
                throw new ArgumentException($"Unknown option {name}. Options: {string.Join(' ', ["--gateway", "--gateway-port", "--token", "--json", .. allowed])}.");
            if (name is "--json" or "--force" or "--no-wait")
            {
                if (given is not null) throw new ArgumentException($"{name} takes no value.");
                parsed = name switch { "--json" => parsed with { IsJson = true }, "--force" => parsed with { IsForced = true }, _ => parsed with { Waits = false } };
                continue;
            }

            var value = given ?? (i + 1 < args.Length ? args[++i] : "");
            if (value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"{name} needs a value.");
            parsed = name switch
            {
                "--gateway" => parsed with { Gateway = ParseGateway(value) },
                "--gateway-port" => parsed with { Gateway = new($"http://localhost:{ParsePort(value)}/") },
                "--token" => parsed with { Token = value },
                _ => parsed with { Percent = ParsePercent(value) },
            };
        }

        return parsed with { Words = words };
    }

    /// <summary>Reads <c>name:version</c> or <c>name version</c>.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public (string Model, string Version) ModelAndVersion() => Words switch
    {
        [var both] when both.Split(':') is [{ Length: > 0 } model, { Length: > 0 } version] => (model, version),
        [{ Length: > 0 } model, { Length: > 0 } version] when !model.Contains(':') => (model, version),
        _ => throw new ArgumentException("Name one model and its version, such as sentiment:2."),
    };

    /// <exception cref="ArgumentException">It is not one model.</exception>
    public string Model() => Words is [{ Length: > 0 } model] && !model.Contains(':') ? model : throw new ArgumentException("Name one model, such as sentiment.");

    private static Uri ParseGateway(string value)
        => Uri.TryCreate(value.EndsWith('/') ? value : value + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri
            : throw new ArgumentException("--gateway must be an address such as http://localhost:8080.");

    private static int ParsePort(string value)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new ArgumentException("--gateway-port must be a port from 1 to 65535.");

    private static double ParsePercent(string value)
        => double.TryParse(value.TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and < 100
            ? percent
            : throw new ArgumentException("--percent must be a number above 0 and below 100.");
}

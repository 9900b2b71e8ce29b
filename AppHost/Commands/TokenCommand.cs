using System.Globalization;
using System.Reflection;
using AppHost.Authentication;
using Microsoft.Extensions.Configuration;

namespace AppHost.Commands;

/// <summary><c>token [--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>: a token for the platform on this machine.</summary>
internal static class TokenCommand
{
    /// <returns>0 with the token alone on <paramref name="output"/>, or 2 with the reason on <paramref name="error"/>.</returns>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            output.WriteLine(Issue(Parse(args)));
            return 0;
        }
        catch (ArgumentException e)
        {
            error.WriteLine(e.Message);
            return 2;
        }
    }

    /// <summary>Signs with the key that the platform on this machine has generated.</summary>
    /// <exception cref="ArgumentException">It has not been started yet.</exception>
    internal static string Issue(TokenRequest asked)
    {
        var configuration = new ConfigurationBuilder().AddUserSecrets(Assembly.GetExecutingAssembly(), optional: true).AddEnvironmentVariables().Build();
        var key = configuration[$"Parameters:{TokenTrustExtensions.SigningKeyParameter}"] ?? throw new ArgumentException("There is no signing key yet: run ./start once.");
        return DevelopmentToken.Issue(key, asked);
    }

    /// <exception cref="ArgumentException">An option is unknown, lacks its value or has a bad one.</exception>
    internal static TokenRequest Parse(ReadOnlySpan<string> args)
    {
        var request = new TokenRequest();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            request = args[i] switch
            {
                not ("--subject" or "--scope" or "--models" or "--tier" or "--hours") => throw new ArgumentException($"Unknown option {args[i]}. Options: --subject --scope --models --tier --hours."),
                _ when value.Length == 0 || value.StartsWith("--", StringComparison.Ordinal) => throw new ArgumentException($"{args[i]} needs a value."),
                "--subject" when string.IsNullOrWhiteSpace(value) => throw new ArgumentException("--subject must name somebody."),
                "--subject" => request with { Subject = value },
                "--scope" => request with { Scope = value },
                "--models" => request with { Models = ParseModels(value) },
                "--tier" => request with { Tier = value },
                _ => request with { Hours = ParseHours(value) },
            };
        }

        return request;
    }

    /// <summary>A list without a name would allow no model, which nobody asks for: without the option all are allowed.</summary>
    private static string ParseModels(string value)
        => value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? string.Join(' ', names)
            : throw new ArgumentException("--models must name at least one model; without the option the token is for all.");

    private static double ParseHours(string value)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= 8760
            ? hours
            : throw new ArgumentException("--hours must be a number above 0 and up to 8760.");
}

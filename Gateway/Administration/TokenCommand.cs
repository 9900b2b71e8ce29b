using System.Globalization;
using System.Security.Claims;
using Gateway.Authentication;
using Gateway.RateLimiting;
using Microsoft.Extensions.Options;

namespace Gateway.Administration;

/// <summary><c>Gateway token [--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>: prints a token signed with the gateway's own key and serves
/// nothing. It is for whoever administers the machine, who can read that key anyway: with it begins a platform that has no OIDC provider, and Prometheus asks for metrics.</summary>
internal static class TokenCommand
{
    private const string Name = "token";

    /// <summary>The longest time a token is valid, in hours: a year.</summary>
    private const double MaxHours = 8760;

    private static readonly string[] Known = ["--subject", "--scope", "--models", "--tier", "--hours"];

    /// <summary>Whether it was a token that was asked for; then it has been printed, and the process has its exit code.</summary>
    public static bool RanToken(this WebApplication app, string[] args)
    {
        if (args is not [Name, .. var asked]) return false;
        Environment.ExitCode = Run(asked, app.Services, System.Console.Out, System.Console.Error);
        return true;
    }

    /// <returns>0 with the token alone on <paramref name="output"/>, 1 where the settings allow none, 2 for arguments that are wrong.</returns>
    internal static int Run(ReadOnlySpan<string> args, IServiceProvider services, TextWriter output, TextWriter error)
    {
        try
        {
            var request = Parse(args, services.GetRequiredService<IOptions<RateLimitingOptions>>().Value);
            var tokens = services.GetRequiredService<InternalTokens>();
            if (!tokens.CanIssue) return Fail(1, "Authentication:GatewayKey is not set: the gateway has no key to sign a token with.");
            var now = services.GetRequiredService<TimeProvider>().GetUtcNow();
            output.WriteLine(tokens.Sign(new(request.Claims()), now, request.Lifetime));
            // Whoever loses it can end it by its id.
            error.WriteLine($"Token {request.Id} of {request.Subject} for '{request.Scope}' until {now + request.Lifetime:u}");
            return 0;
        }
        catch (ArgumentException e)
        {
            return Fail(2, e.Message);
        }
        catch (OptionsValidationException e)
        {
            return Fail(1, string.Join(Environment.NewLine, e.Failures));
        }

        int Fail(int code, string reason)
        {
            error.WriteLine(reason);
            return code;
        }
    }

    /// <exception cref="ArgumentException">An option is unknown, lacks its value or has a bad one.</exception>
    private static TokenRequest Parse(ReadOnlySpan<string> args, RateLimitingOptions limits)
    {
        var request = new TokenRequest();
        for (var i = 0; i < args.Length; i += 2)
        {
            var option = args[i];
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (!Known.Contains(option)) throw new ArgumentException($"Unknown option {option}. Options: {string.Join(' ', Known)}.");
            if (string.IsNullOrWhiteSpace(value) || value.StartsWith("--", StringComparison.Ordinal)) throw new ArgumentException($"{option} needs a value.");
            request = option switch
            {
                "--subject" => request with { Subject = value },
                "--scope" => request with { Scope = ParseScope(value) },
                "--models" => request with { Models = ParseModels(value) },
                "--tier" => request with { Tier = ParseTier(value, limits) },
                _ => request with { Lifetime = ParseHours(value) },
            };
        }

        return request;
    }

    private static string ParseScope(string value)
    {
        var scopes = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return scopes.Except(Scopes.All).Any() ? throw new ArgumentException($"--scope must be some of {string.Join(", ", Scopes.All)}, with spaces between them.") : string.Join(' ', scopes);
    }

    private static string ParseModels(string value)
        => value.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } names
            ? string.Join(' ', names)
            : throw new ArgumentException("--models must name at least one model; without the option the token is for all.");

    private static string ParseTier(string value, RateLimitingOptions limits)
        => limits.Tiers.ContainsKey(value) ? value : throw new ArgumentException($"--tier must be one of {string.Join(", ", limits.Tiers.Keys.Order(StringComparer.Ordinal))}.");

    private static TimeSpan ParseHours(string value)
        => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var hours) && hours is > 0 and <= MaxHours
            ? TimeSpan.FromHours(hours)
            : throw new ArgumentException($"--hours must be a number above 0 and up to {MaxHours}.");

    private sealed record TokenRequest
    {
        public string Id { get; } = Guid.NewGuid().ToString("N");

        public string Subject { get; init; } = "administrator";

        public string Scope { get; init; } = Scopes.Infer;

        /// <summary>The models it is for, with spaces between them; all if null.</summary>
        public string? Models { get; init; }

        public string? Tier { get; init; }

        /// <summary>An hour unless told otherwise: long enough to make an API key with.</summary>
        public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(1);

        public IEnumerable<Claim> Claims()
        {
            yield return new("sub", Subject);
            yield return new("scope", Scope);
            yield return new("jti", Id);
            if (Tier is not null) yield return new("tier", Tier);
            if (Models is not null) yield return new("models", Models);
        }
    }
}

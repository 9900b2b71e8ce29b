using Gateway.Authentication;
using Gateway.RateLimiting;
using Microsoft.Extensions.Options;

namespace Gateway.Administration;

/// <summary><c>Gateway token [--subject S] [--scope "infer admin"] [--models m1,m2] [--tier T] [--hours H]</c>: prints a token signed with the gateway's own key and serves
/// nothing. It is for whoever administers the machine, who can read that key anyway: with it begins a platform that has no OIDC provider, and Prometheus asks for metrics.</summary>
internal static class TokenCommand
{
    private const string Name = "token";

    /// <summary>An hour unless told otherwise: long enough to make an API key with.</summary>
    private static readonly TokenRequest Default = new() { Subject = "administrator", Lifetime = TimeSpan.FromHours(1) };

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
            var request = Checked(Default.With(args), services.GetRequiredService<IOptions<RateLimitingOptions>>().Value);
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

    /// <exception cref="ArgumentException">It asks for a scope or a tier that there is not.</exception>
    private static TokenRequest Checked(TokenRequest request, RateLimitingOptions limits)
    {
        if (request.Scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(Scopes.All).Any())
            throw new ArgumentException($"--scope must be some of {string.Join(", ", Scopes.All)}, with spaces between them.");
        if (request.Tier is { } tier && !limits.Tiers.ContainsKey(tier))
            throw new ArgumentException($"--tier must be one of {string.Join(", ", limits.Tiers.Keys.Order(StringComparer.Ordinal))}.");
        return request;
    }
}

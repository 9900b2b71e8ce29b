using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Gateway.Authentication;

/// <summary>Authenticates <c>Authorization: Bearer sk-…</c> and replaces it by an internal token: model servers never see a key.</summary>
internal sealed partial class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyStore keys, InternalTokens tokens, RevokedTokens revoked, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey";
    private const string Bearer = "Bearer ";
    private bool _isUnavailable;

    /// <summary>Whether a request is for this scheme.</summary>
    public static bool Takes(HttpRequest request)
        => request.Headers.Authorization is [{ } header] && header.StartsWith($"{Bearer}{ApiKeyText.Prefix}", StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // The challenge comes here too, by when the header may already be the internal token's.
        if (!Takes(Request)) return AuthenticateResult.NoResult();
        try
        {
            var isKey = ApiKeyText.TrySplit(Request.Headers.Authorization.ToString().AsSpan(Bearer.Length), out var id, out var secret);
            var key = isKey ? await keys.FindAsync(id) : null;
            if (key is null || !key.Matches(secret) || key.IsExpired(time.GetUtcNow())) return Refuse("unknown, wrong or expired key");
            var (principal, token) = tokens.For(key);
            if (revoked.Contains(principal)) return Refuse("revoked key");
            Request.Headers.Authorization = Bearer + token;
            return AuthenticateResult.Success(new(principal, SchemeName));
        }
        catch (ApiKeysUnavailableException e)
        {
            _isUnavailable = true;
            return AuthenticateResult.Fail(e);
        }
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_isUnavailable) return new ApiErrorResult(ApiKeyErrors.Unavailable).ExecuteAsync(Context);
        Response.Headers.WWWAuthenticate = "Bearer";
        return base.HandleChallengeAsync(properties);
    }

    private AuthenticateResult Refuse(string reason)
    {
        LogRefused(Logger, reason);
        Context.Features.Set(new RefusedIdentity(reason));
        return AuthenticateResult.Fail(reason);
    }

    [LoggerMessage(EventId = 2400, Level = LogLevel.Information, Message = "Refused an API key: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}

internal static class ApiKeyErrors
{
    public static readonly ApiError Unavailable = new(503, "API keys cannot be looked up now.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(2) };

    public static readonly ApiError Unknown = new(404, "There is no such key.") { Code = "not_found" };
}

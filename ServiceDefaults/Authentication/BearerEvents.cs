using System.Diagnostics.CodeAnalysis;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ServiceDefaults.Errors;

namespace ServiceDefaults.Authentication;

/// <summary>Completes the framework's token check: it refuses malformed headers, revoked tokens and those that name nobody, waits for an authority's keys, and logs why a token was refused.</summary>
internal sealed partial class BearerEvents(ValidatedTokens validated, RevokedTokens revoked, AuthorityKeys authority, ILogger<BearerEvents> logger) : JwtBearerEvents
{
    public const string Prefix = "Bearer ";
    private const string NotAToken = "not a token";
    private static readonly ApiError Nobody = new(401, "The token names nobody: it needs a sub, or else a client_id or an azp, that is a text.") { Code = "unauthorized" };
    private static readonly ApiError Unreadable = new(401, "The bearer token cannot be read: it is not a JWT, or a claim such as sub is of a wrong type.") { Code = "unauthorized" };
    private static readonly ApiError AuthorityAway = new(503, "Tokens cannot be checked now.") { Code = "unavailable", RetryAfter = AuthorityKeys.Pause };

    public override Task MessageReceived(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header is [] or [null or ""]) return Task.CompletedTask;
        if (header.Count > 1) return FailAsync(context, "several Authorization headers");
        if (header[0]!.Length > Prefix.Length + BearerOptions.MaxTokenLength) return FailAsync(context, "too long");
        if (!header[0]!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return Task.CompletedTask;

        context.Token = header[0]![Prefix.Length..].Trim();
        if (!TryRead(context.Token, out var said)) return FailAsync(context, NotAToken);
        if (TokenText.HasExtensions(said)) return FailAsync(context, "extensions in crit");
        // The gateway's own must not wait for an authority that does not answer.
        return authority.IsConfigured && said.Alg != SecurityAlgorithms.HmacSha256 ? PrepareAsync(context, said.Kid) : Task.CompletedTask;
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var token = (JsonWebToken)context.SecurityToken;
        var refusal = TokenText.Complete(token, (ClaimsIdentity)context.Principal!.Identity!) ?? (revoked.Contains(context.Principal) ? "revoked" : null);
        if (refusal is not null)
        {
            Note(context.HttpContext, refusal);
            context.Fail(refusal);
        }
        else
        {
            validated.Add(token.EncodedToken, context.Principal, token.ValidTo);
        }

        return Task.CompletedTask;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // The type alone: messages may quote the token.
        Note(context.HttpContext, context.Exception is SecurityTokenException ? context.Exception.GetType().Name : NotAToken);
        return Task.CompletedTask;
    }

    public override Task Challenge(JwtBearerChallengeContext context)
    {
        // Some of the framework's refusals come without an event.
        if (context.AuthenticateFailure is not null && context.HttpContext.Features.Get<RefusedIdentity>() is null) Note(context.HttpContext, NotAToken);
        if (context.AuthenticateFailure is AuthorityUnavailableException) return AnswerAsync(context, AuthorityAway);
        // Everybody can read a token; why one that can be read is not believed is said only where its signature was good.
        if (context.HttpContext.Features.Get<RefusedIdentity>()?.Reason is not ((TokenText.NamesNobody or NotAToken) and var reason)) return Task.CompletedTask;
        context.Response.Headers.WWWAuthenticate = JwtBearerDefaults.AuthenticationScheme;
        return AnswerAsync(context, reason == NotAToken ? Unreadable : Nobody);
    }

    private static Task AnswerAsync(JwtBearerChallengeContext context, ApiError error)
    {
        context.HandleResponse();
        return new ApiErrorResult(error).ExecuteAsync(context.HttpContext);
    }

    private async Task PrepareAsync(MessageReceivedContext context, string? key)
    {
        await authority.PrepareAsync(key, context.HttpContext.RequestAborted);
        if (authority.AreKnown) return;
        Note(context.HttpContext, "the authority does not answer");
        context.Fail(new AuthorityUnavailableException());
    }

    private static bool TryRead(string token, [NotNullWhen(true)] out JsonWebToken? said)
    {
        try
        {
            said = new(token);
            return true;
        }
        catch (Exception e) when (e is ArgumentException or SecurityTokenException)
        {
            said = null;
            return false;
        }
    }

    private Task FailAsync(MessageReceivedContext context, string reason)
    {
        Note(context.HttpContext, reason);
        context.Fail(reason);
        return Task.CompletedTask;
    }

    private void Note(HttpContext context, string reason)
    {
        LogRefused(reason);
        context.Features.Set(new RefusedIdentity(reason));
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Information, Message = "Refused a bearer token: {Reason}")]
    private partial void LogRefused(string reason);

    /// <summary>The authority has not published its keys yet, so that no token of its can be checked.</summary>
    private sealed class AuthorityUnavailableException() : Exception("The authority has not answered yet.");
}

/// <summary>The reason why a request's token or key was refused; never the secret itself.</summary>
public sealed record RefusedIdentity(string Reason);

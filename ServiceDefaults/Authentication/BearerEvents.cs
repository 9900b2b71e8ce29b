using System.Text;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults;

/// <summary>What the framework's token check leaves to us: sane headers, revoked tokens, and a word in the log.</summary>
internal sealed partial class BearerEvents(ValidatedTokens validated, RevokedTokens revoked, ILogger<BearerEvents> logger) : JwtBearerEvents
{
    private const string Prefix = BearerAuthentication.Prefix;

    public override Task MessageReceived(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header is [] or [null or ""]) return Task.CompletedTask;
        if (header.Count > 1) return Fail("several Authorization headers");
        if (header[0]!.Length > Prefix.Length + BearerOptions.MaxTokenLength) return Fail("too long");
        if (!header[0]!.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) return Task.CompletedTask;

        var token = header[0]![Prefix.Length..].Trim();
        context.Token = token;
        return Ascii.IsValid(token) ? Task.CompletedTask : Fail("not a token");

        Task Fail(string reason)
        {
            LogRefused(reason);
            context.Fail(reason);
            return Task.CompletedTask;
        }
    }

    public override Task TokenValidated(TokenValidatedContext context)
    {
        var token = context.Request.Headers.Authorization.ToString()[Prefix.Length..].Trim();
        if (revoked.Contains(context.Principal!))
        {
            LogRefused("revoked");
            context.Fail("revoked");
        }
        else
        {
            validated.Add(token, context.Principal!, context.SecurityToken.ValidTo);
        }

        return Task.CompletedTask;
    }

    public override Task AuthenticationFailed(AuthenticationFailedContext context)
    {
        // The type alone: messages may quote the token.
        LogRefused(context.Exception is SecurityTokenException ? context.Exception.GetType().Name : "not a token");
        return Task.CompletedTask;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused a bearer token: {Reason}")]
    private partial void LogRefused(string reason);
}

using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace ServiceDefaults;

/// <summary>Recognises tokens that were found good lately and leaves all others to the framework, whose schemes and handlers are
/// made anew for each request.</summary>
internal sealed class BearerAuthentication(RequestDelegate next, IAuthenticationSchemeProvider schemes, ValidatedTokens validated)
{
    public const string Prefix = "Bearer ";
    private readonly AuthenticationMiddleware _framework = new(next, schemes);

    public Task InvokeAsync(HttpContext context)
    {
        var token = TokenOf(context.Request.Headers.Authorization);
        if (token.IsEmpty || validated.Find(token) is not { } principal) return _framework.Invoke(context);
        context.User = principal;
        return next(context);
    }

    // Empty for whatever the framework, and BearerEvents, may find to complain about.
    private static ReadOnlySpan<char> TokenOf(StringValues header)
        => header is [{ Length: <= BearerOptions.MaxTokenLength } only] && only.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && Ascii.IsValid(only)
            ? only.AsSpan(Prefix.Length).Trim()
            : [];
}

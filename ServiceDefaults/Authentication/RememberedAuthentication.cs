using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ServiceDefaults.Authentication;

/// <summary>Recognises tokens whose signature was checked lately and leaves all others to the framework's service, which makes new handlers for each request.</summary>
internal sealed class RememberedAuthentication(ObjectFactory framework, ValidatedTokens validated) : IAuthenticationService
{
    /// <summary>Puts it in front of the service that <c>AddAuthentication</c> has registered.</summary>
    public static void AddTo(IServiceCollection services)
    {
        var registered = services.Last(s => s.ServiceType == typeof(IAuthenticationService)).ImplementationType!;
        var framework = ActivatorUtilities.CreateFactory(registered, []);
        services.AddSingleton<IAuthenticationService>(provider => new RememberedAuthentication(framework, provider.GetRequiredService<ValidatedTokens>()));
    }

    public Task<AuthenticateResult> AuthenticateAsync(HttpContext context, string? scheme)
        => scheme is null or JwtBearerDefaults.AuthenticationScheme && TokenOf(context.Request.Headers.Authorization) is { IsEmpty: false } token && validated.Find(token) is { } principal
            ? Task.FromResult(AuthenticateResult.Success(new(principal, JwtBearerDefaults.AuthenticationScheme)))
            : Framework(context).AuthenticateAsync(context, scheme);

    public Task ChallengeAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Framework(context).ChallengeAsync(context, scheme, properties);

    public Task ForbidAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Framework(context).ForbidAsync(context, scheme, properties);

    public Task SignInAsync(HttpContext context, string? scheme, ClaimsPrincipal principal, AuthenticationProperties? properties)
        => Framework(context).SignInAsync(context, scheme, principal, properties);

    public Task SignOutAsync(HttpContext context, string? scheme, AuthenticationProperties? properties) => Framework(context).SignOutAsync(context, scheme, properties);

    /// <summary>Of the request, as the handlers are that it uses.</summary>
    private IAuthenticationService Framework(HttpContext context) => (IAuthenticationService)framework(context.RequestServices, null);

    // Empty for every header that the framework or BearerEvents may refuse.
    private static ReadOnlySpan<char> TokenOf(StringValues header)
        => header is [{ Length: <= BearerOptions.MaxTokenLength } only] && only.StartsWith(BearerEvents.Prefix, StringComparison.OrdinalIgnoreCase) && Ascii.IsValid(only)
            ? only.AsSpan(BearerEvents.Prefix.Length).Trim()
            : [];
}

using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Gateway.Browsers;

/// <summary>What browsers are told: which pages may call, and that answers are neither pages nor scripts.</summary>
internal static class BrowserExtensions
{
    // An answer that is opened as a page may load nothing and stand in no frame; the documentation page has its own policy.
    private const string ContentPolicy = "default-src 'none'; frame-ancestors 'none'";

    private static readonly string[] Exposed =
    [
        RequestIdExtensions.HeaderName, AnswerHeaders.ModelVersion, AnswerHeaders.Cache, AnswerHeaders.ServerTiming, "Retry-After", "RateLimit", "RateLimit-Policy",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    public static void AddBrowsers(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<BrowserOptions, BrowserOptionsValidator>(BrowserOptions.SectionName);
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<BrowserOptions>>((cors, options) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.Value.Origins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }

    /// <summary>In front of authentication: a browser asks whether it may call before it sends a token.</summary>
    public static void UseBrowsers(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            context.Response.OnStarting(static state =>
            {
                AddHeaders((HttpContext)state);
                return Task.CompletedTask;
            }, context);
            return next(context);
        });
        app.UseCors();
    }

    private static void AddHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (headers.ContentSecurityPolicy.Count == 0) headers.ContentSecurityPolicy = ContentPolicy;
        // A browser ignores it on plain HTTP, and a proxy in front that speaks TLS sets its own.
        if (context.Request.IsHttps) headers.StrictTransportSecurity = "max-age=31536000";
    }
}

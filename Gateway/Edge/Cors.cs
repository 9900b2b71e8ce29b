using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Extensions.Options;

namespace Gateway.Edge;

/// <summary>Tells browsers which pages may call, and which headers of an answer those may read.</summary>
internal static class Cors
{
    private static readonly string[] Exposed =
    [
        RequestIdExtensions.HeaderName, AnswerHeaders.ModelVersion, AnswerHeaders.Cache, AnswerHeaders.ServerTiming, "Retry-After", "RateLimit", "RateLimit-Policy",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "x-ratelimit-limit-tokens", "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens",
    ];

    public static void AddAllowedOrigins(this IServiceCollection services)
    {
        services.AddValidatedOptions<OriginOptions, OriginOptionsValidator>(OriginOptions.SectionName);
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<OriginOptions>>((cors, options) => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.Value.Origins).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders(Exposed).SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }
}

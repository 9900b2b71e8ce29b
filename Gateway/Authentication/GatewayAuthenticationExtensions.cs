using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Gateway.Authentication;

internal static class GatewayAuthenticationExtensions
{
    /// <summary>Adds API keys, which are kept in Redis, beside tokens.</summary>
    public static void AddApiKeys(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton(provider => new ApiKeyStore(
            provider.GetService<RedisConnection>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<ApiKeyStore>>()));
        services.AddSingleton<InternalTokens>();
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure(jwt => jwt.ForwardDefaultSelector = context => ApiKeyAuthentication.Takes(context.Request) ? ApiKeyAuthentication.SchemeName : null);
        services.MapException<ApiKeysUnavailableException>(_ => ApiKeyErrors.Unavailable);
    }

    public static void UseModelAccess(this WebApplication app) => app.UseMiddleware<ModelAccess>();
}

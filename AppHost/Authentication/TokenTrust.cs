using ServiceDefaults.Authentication;

namespace AppHost.Authentication;

/// <summary>Which tokens all services believe: while developing those signed with a generated secret, in a deployment those of an OIDC authority.</summary>
internal sealed record TokenTrust(
    IResourceBuilder<ParameterResource>? SigningKey,
    IResourceBuilder<ParameterResource>? Authority,
    IResourceBuilder<ParameterResource>? Audience,
    IResourceBuilder<ParameterResource>? GatewayKey)
{
    /// <summary>A token for the platform that is running; only while developing is there a key to sign it with.</summary>
    public async Task<string> IssueAsync(TokenRequest request, CancellationToken cancellationToken)
        => DevelopmentToken.Issue((await SigningKey!.Resource.GetValueAsync(cancellationToken))!, request);
}

internal static class TokenTrustExtensions
{
    public const string SigningKeyParameter = "jwt-signing-key";

    /// <summary>Current IdentityModel refuses HS256 keys below 256 bits; older ones do not: never rely on that.</summary>
    private const int SigningKeyLength = 64;

    public static TokenTrust AddTokenTrust(this IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? new(null, builder.AddParameter("oidc-authority"), builder.AddParameter("oidc-audience"), builder.AddParameter("gateway-key", secret: true))
        : new(builder.AddParameter(SigningKeyParameter, new GenerateParameterDefault { MinLength = SigningKeyLength, Special = false }, secret: true, persist: true), null, null, null);

    public static IResourceBuilder<ProjectResource> WithTokenTrust(this IResourceBuilder<ProjectResource> service, TokenTrust trust)
    {
        if (trust is { Authority: { } authority, Audience: { } audience, GatewayKey: { } gatewayKey })
            return service
                .WithEnvironment("Authentication__Authority", authority)
                .WithEnvironment("Authentication__Issuer", authority)
                .WithEnvironment("Authentication__Audience", audience)
                .WithEnvironment("Authentication__GatewayKey", gatewayKey);
        return service
            .WithEnvironment("Authentication__Issuer", DevelopmentToken.Issuer)
            .WithEnvironment("Authentication__Audience", DevelopmentToken.Audience)
            .WithEnvironment("Authentication__SigningKey", trust.SigningKey!);
    }
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Gateway.Authentication;
using Gateway.RateLimiting;
using Microsoft.Extensions.Options;

namespace Gateway.Administration;

/// <summary>Serves <c>/admin/keys</c>: creates, lists, rotates and revokes API keys. The key itself is in the answer to its creation or rotation alone.</summary>
internal static class ApiKeyEndpoints
{
    /// <summary>The longest time that tokens made for a key stay valid after the key is revoked: one that a gateway without Redis makes at the last moment, by a clock that is a minute late.</summary>
    private static readonly TimeSpan TokenLifetime = ApiKeyStore.Stale + InternalTokens.Lifetime + TimeSpan.FromMinutes(1);

    public static void MapApiKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/admin/keys").RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).WithBodyLimit(16 * 1024).ExcludeFromDescription();
        keys.MapPost("", CreateAsync).Validate<KeyRequest>(r => r.Validate());
        keys.MapGet("", ListAsync);
        keys.MapPost("{id}/rotate", RotateAsync);
        keys.MapDelete("{id}", RevokeAsync);
        routes.MapPost("/admin/tokens/revoke", Revoke).RequireAuthorization(Scopes.Admin).WithInvalidFieldStatus(422).WithBodyLimit(16 * 1024).ExcludeFromDescription()
            .Validate<RevokeRequest>(r => r.Jti is { Length: > 0 and <= 256 } ? null : new("jti", "jti must have 1 to 256 characters."));
    }

    private static async Task<IResult> CreateAsync(KeyRequest request, ApiKeyStore keys, InternalTokens tokens, IOptions<RateLimitingOptions> limits, TimeProvider time)
    {
        var tiers = limits.Value.Tiers;
        if (request.Tier is { } tier && !tiers.ContainsKey(tier))
            return new FieldErrorResult(new("tier", $"tier must be one of {string.Join(", ", tiers.Keys.Order(StringComparer.Ordinal))}."));
        if (!tokens.CanIssue) return new ApiErrorResult(new(409, "API keys need Authentication:GatewayKey on every service.") { Code = "not_configured" });
        var (id, secret, now) = (ApiKeyText.NewId(), ApiKeyText.NewSecret(), time.GetUtcNow());
        var key = new ApiKey(
            id, ApiKey.HashOf(secret), request.Name!, request.Subject ?? $"key-{id}", request.Scopes ?? [Scopes.Infer], request.Tier, request.Models?.Names, now,
            request.ExpiresInHours is { } hours ? now.AddHours(hours) : null);
        await keys.SaveAsync(key);
        return TypedResults.Created($"/admin/keys/{id}", KeyCard.Of(key, ApiKeyText.Join(id, secret)));
    }

    private static async Task<KeyList> ListAsync(ApiKeyStore keys) => new([.. (await keys.ListAsync()).Select(k => KeyCard.Of(k))]);

    private static async Task<IResult> RotateAsync(string id, ApiKeyStore keys)
    {
        if (await keys.FindAsync(id) is not { } key) return new ApiErrorResult(ApiKeyErrors.Unknown);
        var secret = ApiKeyText.NewSecret();
        var rotated = key with { Hash = ApiKey.HashOf(secret) };
        // Another gateway may have deleted it since this one looked.
        if (!await keys.TryReplaceAsync(rotated)) return new ApiErrorResult(ApiKeyErrors.Unknown);
        return TypedResults.Ok(KeyCard.Of(rotated, ApiKeyText.Join(id, secret)));
    }

    private static async Task<IResult> RevokeAsync(string id, ApiKeyStore keys, RevokedTokens revoked, TimeProvider time)
    {
        if (!await keys.DeleteAsync(id)) return new ApiErrorResult(ApiKeyErrors.Unknown);
        revoked.Add(id, time.GetUtcNow() + TokenLifetime);
        return TypedResults.NoContent();
    }

    private static IResult Revoke(RevokeRequest request, RevokedTokens revoked, TimeProvider time)
    {
        if (request.ExpiresAt <= time.GetUtcNow())
            return new FieldErrorResult(new("expires_at", "expires_at lies in the past, when there is nothing left to revoke. Leave it out: the token is revoked for good."));
        revoked.Add(request.Jti!, RevokedTokens.ForGood);
        return TypedResults.NoContent();
    }
}

/// <param name="Name">For the list.</param>
/// <param name="Subject">The client it stands for; one of its own if null.</param>
/// <param name="Scopes"><c>infer</c> if null.</param>
/// <param name="ExpiresInHours">Never if null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record KeyRequest(
    [property: Required, MinLength(1), MaxLength(128)] string? Name,
    [property: MinLength(1), MaxLength(128)] string? Subject = null,
    [property: MinLength(1)] string[]? Scopes = null,
    string? Tier = null,
    [property: Range(0.0, 87_600.0, MinimumIsExclusive = true)] double? ExpiresInHours = null)
{
    /// <summary>The models it is for: all where the body has none, no model where it has an empty list or null.</summary>
    [Description("Their names, in a list or with spaces between them. All models where it is left out; none where it is empty or null.")]
    public AllowedModels? Models { get; init; }

    internal FieldError? Validate() => this switch
    {
        { Name: not { Length: > 0 and <= 128 } } => new("name", "name must have 1 to 128 characters."),
        { Subject: { } subject } when subject.Length > 128 || string.IsNullOrWhiteSpace(subject) => new("subject", "subject must have 1 to 128 characters, not all of them spaces."),
        { Scopes: { } scopes } when scopes is [] || scopes.Except(ServiceDefaults.Authentication.Scopes.All).Any()
            => new("scopes", $"scopes must be some of {string.Join(", ", ServiceDefaults.Authentication.Scopes.All)}."),
        { Models.Names: { } models } when models.Any(m => m is not { Length: > 0 and <= 128 } || m.Contains(' ')) => new("models", "models must be names of models."),
        { ExpiresInHours: not (null or (> 0 and <= 87_600)) } => new("expires_in_hours", "expires_in_hours must lie between 0 and 87600."),
        _ => null,
    };
}

/// <param name="ExpiresAt">When the token is believed to expire. The token alone knows, so that the revocation does not end then.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record RevokeRequest([property: Required, MinLength(1), MaxLength(256)] string? Jti, DateTimeOffset? ExpiresAt = null);

internal sealed record KeyList(KeyCard[] Data);

/// <param name="Key">The key itself, only where it has just been made.</param>
internal sealed record KeyCard(
    string Id, string Name, string Subject, string[] Scopes, string? Tier, string[]? Models, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Key)
{
    public static KeyCard Of(ApiKey key, string? text = null)
        => new(key.Id, key.Name, key.Subject, key.Scopes, key.Tier, key.Models, key.CreatedAt, key.ExpiresAt, text);
}

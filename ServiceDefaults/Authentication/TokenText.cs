using System.Security.Claims;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace ServiceDefaults.Authentication;

/// <summary>Reads a token's JSON where the framework's claims say too little: an empty list is no claim there, an entry of a list looks like the only value, and a
/// date may be a string.</summary>
internal static class TokenText
{
    public const string Subject = "sub", Models = "models";

    /// <summary>Why a token without a subject is refused.</summary>
    public const string NamesNobody = "names nobody";

    /// <summary>Where no user is named, the client itself acts (RFC 9068 §2.2), or the party that the token was issued to (OpenID Connect Core §2, <c>azp</c>).</summary>
    private static readonly string[] Identities = [Subject, "client_id", "azp"];

    /// <summary>Whether the header says that extensions must be understood (RFC 7515 §4.1.11). None is here, and an empty or malformed list is no better.</summary>
    public static bool HasExtensions(JsonWebToken token)
    {
        using var header = Parse(token.EncodedHeader);
        return header.RootElement.TryGetProperty("crit", out _);
    }

    /// <summary>Gives the identity one <c>sub</c>, whoever the token names, and one <c>models</c> where the token has any, of whatever kind.</summary>
    /// <param name="identity">The framework's claims.</param>
    /// <returns>Why the token is refused, or null.</returns>
    public static string? Complete(JsonWebToken token, ClaimsIdentity identity)
    {
        using var payload = Parse(token.EncodedPayload);
        if (!HasDates(payload.RootElement)) return "dates that are not numbers";
        var subject = Identities.Select(name => payload.RootElement.TryGetProperty(name, out var value) ? TextOf(value) : "").FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        if (subject is null) return NamesNobody;

        foreach (var claim in identity.FindAll(c => c.Type is Subject or Models).ToArray()) identity.RemoveClaim(claim);
        identity.AddClaim(new(Subject, subject));
        if (payload.RootElement.TryGetProperty(Models, out var models)) identity.AddClaim(new(Models, ListOf(models)));
        return null;
    }

    // RFC 7519 §2.
    private static bool HasDates(JsonElement payload)
        => Array.TrueForAll(["exp", "nbf"], name => !payload.TryGetProperty(name, out var date) || date.ValueKind is JsonValueKind.Number);

    // What is no name allows nothing.
    private static string ListOf(JsonElement models) => models.ValueKind is JsonValueKind.Array ? string.Join(' ', models.EnumerateArray().Select(TextOf)) : TextOf(models);

    private static string TextOf(JsonElement value) => value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static JsonDocument Parse(string part) => JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(part));
}

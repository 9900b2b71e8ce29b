using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace ServiceDefaults;

/// <summary>What a token says of itself before anybody believes it.</summary>
internal readonly record struct TokenHeader(string? Algorithm, string? KeyId)
{
    private const int MaxLength = 256;

    /// <returns>False for what is no token.</returns>
    public static bool TryRead(ReadOnlySpan<char> token, out TokenHeader header)
    {
        header = default;
        var end = token.IndexOf('.');
        if (end <= 0 || end > BearerOptions.MaxTokenLength) return false;
        Span<byte> utf8 = stackalloc byte[end];
        Span<byte> json = stackalloc byte[Base64Url.GetMaxDecodedLength(end)];
        Encoding.ASCII.GetBytes(token[..end], utf8);
        try
        {
            var reader = new Utf8JsonReader(json[..Base64Url.DecodeFromUtf8(utf8, json)]);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1) continue;
                var isKeyId = reader.ValueTextEquals("kid"u8);
                if (!isKeyId && !reader.ValueTextEquals("alg"u8)) continue;
                if (!reader.Read() || reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > MaxLength) return false;
                header = isKeyId ? header with { KeyId = reader.GetString() } : header with { Algorithm = reader.GetString() };
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return false;
        }
    }
}

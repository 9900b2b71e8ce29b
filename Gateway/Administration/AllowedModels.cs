using System.Text.Json;
using System.Text.Json.Serialization;

namespace Gateway.Administration;

/// <summary>The models that a key is for.</summary>
[JsonConverter(typeof(AllowedModelsConverter))]
internal sealed record AllowedModels(string[] Names);

/// <summary>Reads them as a token's <c>models</c> claim is read: an array, or names separated by spaces. Null is an empty list, which allows none, and not the lack of one.</summary>
internal sealed class AllowedModelsConverter : JsonConverter<AllowedModels>
{
    public override bool HandleNull => true;

    public override AllowedModels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.TokenType switch
    {
        JsonTokenType.Null => [],
        JsonTokenType.String => reader.GetString()!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ => JsonSerializer.Deserialize<string[]>(ref reader, options)!,
    });

    public override void Write(Utf8JsonWriter writer, AllowedModels value, JsonSerializerOptions options) => throw new NotSupportedException();
}

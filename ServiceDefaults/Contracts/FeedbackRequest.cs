using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>The body of <c>POST /v1/feedback</c>: what a classification should have answered.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record FeedbackRequest(
    [property: Description("The x-request-id of the request that was answered."), Required, MinLength(1), MaxLength(128)] string RequestId,
    [property: Description("The right label, as the model spells it; a list where several may hold at once."), Required] FeedbackLabels Label,
    [property: Description("Which input of the request, from 0; without it the first."), Range(0, int.MaxValue)] int? Index = null)
{
    public const int MaxIdLength = 128;
}

/// <param name="Correct">Whether the model had answered so.</param>
public sealed record FeedbackResponse(string RequestId, string Model, string ModelVersion, bool Correct);

/// <summary>Labels: <c>string | string[]</c>.</summary>
[JsonConverter(typeof(FeedbackLabelsConverter))]
public sealed record FeedbackLabels(string[] Names);

internal sealed class FeedbackLabelsConverter : JsonConverter<FeedbackLabels>
{
    public override FeedbackLabels Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String) return new([reader.GetString()!]);
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonFieldException("a string or a list of strings");
        List<string> names = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            names.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonFieldException("a string"));
        return new([.. names]);
    }

    public override void Write(Utf8JsonWriter writer, FeedbackLabels value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var name in value.Names) writer.WriteStringValue(name);
        writer.WriteEndArray();
    }
}

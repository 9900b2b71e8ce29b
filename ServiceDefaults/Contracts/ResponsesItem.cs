using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ServiceDefaults.Contracts;

/// <summary>One item of a conversation. Its type says which members it has; those of others are left out.</summary>
public sealed record ResponsesItem
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Id { get; init; }

    [Description("message, function_call, function_call_output, reasoning or item_reference; without it message."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    [Description("in_progress, completed or incomplete."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Status { get; init; }

    [Description("Of a message: user, assistant, system or developer."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Role { get; init; }

    [Description("Of a function_call and its output."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CallId { get; init; }

    [Description("Of a function_call: the function."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    [Description("Of a function_call: JSON text."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Arguments { get; init; }

    [Description("Of a function_call_output: a text, or parts of the type input_text."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponsesContent? Output { get; init; }

    [Description("Of reasoning: parts of the type summary_text; always empty in answers."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponsesPart[]? Summary { get; init; }

    [Description("Of a message: a text, or parts of the types input_text, output_text and refusal. Of reasoning: parts of the type reasoning_text."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResponsesContent? Content { get; init; }
}

/// <summary>What an item says: <c>string | part[]</c>. Written as parts, unless it came as a string and a string is what its kind of item has.</summary>
[JsonConverter(typeof(ResponsesContentConverter))]
public sealed record ResponsesContent(ResponsesPart[] Parts)
{
    /// <summary>Whether it came as a string.</summary>
    public bool IsString { get; init; }

    /// <summary>All its texts.</summary>
    public string Text => string.Concat(Parts.Select(p => p.Text ?? p.Refusal));

    public static ResponsesContent Of(string type, string text) => new([new(type) { Text = text }]);
}

public sealed record ResponsesPart(string? Type)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    [Description("Of a refusal."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refusal { get; init; }

    [Description("Of an output_text: always empty in answers."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement[]? Annotations { get; init; }

    [Description("Of an output_text: empty unless the request asks for them."), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChatLogprob[]? Logprobs { get; init; }
}

/// <summary>Public for generated serializers of other assemblies.</summary>
public sealed class ResponsesContentConverter : JsonConverter<ResponsesContent>
{
    public override ResponsesContent Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new([new((string?)null) { Text = reader.GetString() }]) { IsString = true },
        JsonTokenType.StartArray => new(ResponsesUnions.Array<ResponsesPart>(ref reader, options)),
        _ => throw new JsonFieldException("a string or a list of parts"),
    };

    public override void Write(Utf8JsonWriter writer, ResponsesContent value, JsonSerializerOptions options)
    {
        if (value.IsString) writer.WriteStringValue(value.Text);
        else JsonSerializer.Serialize(writer, value.Parts, options.GetTypeInfo(typeof(ResponsesPart[])));
    }
}

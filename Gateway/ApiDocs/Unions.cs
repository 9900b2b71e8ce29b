using Gateway.Administration;
using Microsoft.OpenApi;

namespace Gateway.ApiDocs;

/// <summary>Types that JSON spells in several ways. Each value is of exactly one of them.</summary>
internal static class Unions
{
    public static OpenApiSchema[]? Of(Type type)
    {
        var (text, id) = (new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32" });
        if (type == typeof(ClassifyInput)) return [text, ListOf(new() { OneOf = [text, new OpenApiSchema { Type = JsonSchemaType.Array, Items = text, MinItems = 2, MaxItems = 2 }] })];
        if (type == typeof(StopInput)) return [text, ListOf(text, 0)];
        if (type == typeof(TextList)) return [text, ListOf(text)];
        if (type == typeof(FeedbackLabels)) return [text, ListOf(text, 0)];
        if (type == typeof(MessageContent)) return [text, ListOf(new() { OneOf = [PartOf("text"), PartOf("refusal")] })];
        if (type == typeof(EmbeddingInput) || type == typeof(PromptInput)) return [text, ListOf(id), ListOf(new() { OneOf = [text, ListOf(id)] })];
        if (type == typeof(EmbeddingVector)) return [ListOf(new() { Type = JsonSchemaType.Number }), text];
        if (type == typeof(DocumentInput)) return [text, ObjectOf(("text", text))];
        // PublicDocument says of what.
        if (type == typeof(ResponsesInput)) return [text, ListOf(new())];
        if (type == typeof(ResponsesContent)) return [text, ListOf(new(), 0)];
        if (type == typeof(ResponsesToolChoice)) return [text, ObjectOf(("type", text), ("name", text))];
        if (type == typeof(AllowedModels)) return [ListOf(text, 0), text, new() { Type = JsonSchemaType.Null }];
        return null;
    }

    /// <summary>A part of a message, which names its member after its type.</summary>
    private static OpenApiSchema PartOf(string type)
        => ObjectOf(("type", new() { Type = JsonSchemaType.String, Enum = [type] }), (type, new() { Type = JsonSchemaType.String }));

    private static OpenApiSchema ObjectOf(params (string Name, OpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = properties.ToDictionary(p => p.Name, IOpenApiSchema (p) => p.Schema),
        Required = properties.Select(p => p.Name).ToHashSet(),
    };

    private static OpenApiSchema ListOf(OpenApiSchema items, int atLeast = 1) => new() { Type = JsonSchemaType.Array, Items = items, MinItems = atLeast > 0 ? atLeast : null };
}

using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Gateway.Administration;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.ApiDocs;

/// <summary>What the API document says of types beyond what the framework reads from them: names, members left out, values allowed, and what C# cannot express.</summary>
internal sealed class PublicSchemas : IOpenApiSchemaTransformer
{
    /// <summary>The names of types whose own would say less to a reader; null for what has no shape, or stands where it is used.</summary>
    public static string? NameOf(JsonTypeInfo type)
        => type.Type == typeof(ClassifyInput) ? "TextInput"
        : type.Type == typeof(Completion<TextCompletionChoice>) ? "TextCompletion"
        : type.Type == typeof(Completion<ChatCompletionChoice>) ? "ChatCompletion"
        // What it is of is put in front.
        : type.Type.BaseType == typeof(BatchGenerateResult) ? type.Type.Name["BatchGenerate".Length..]
        // Generators of clients that know no unions take the first of these where they stand, and make types without members of names.
        : type.Type == typeof(EmbeddingVector) || type.Type == typeof(AllowedModels) || type.Type == typeof(JsonElement?) ? null
        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        // Which of them a result is shows in its members; the answer has none that says it.
        if (type == typeof(BatchGenerateResult)) schema.Discriminator = null;
        if (type.BaseType == typeof(BatchGenerateResult)) schema.Type = JsonSchemaType.Object;
        if (context.JsonPropertyInfo is null) LeaveOut(schema, context.JsonTypeInfo);
        else if (Attribute<AllowedValuesAttribute>(context.JsonPropertyInfo) is { } allowed) Allow(schema, allowed.Values);
        if (Unions.Of(type) is not { } alternatives) return Task.CompletedTask;
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.OneOf = [.. alternatives];
        return Task.CompletedTask;
    }

    /// <summary>What is left out when it is null is not required, and never null.</summary>
    private static void LeaveOut(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var member in type.Properties.Where(p => Attribute<JsonIgnoreAttribute>(p)?.Condition == JsonIgnoreCondition.WhenWritingNull))
            schema.Required?.Remove(member.Name);
    }

    private static void Allow(OpenApiSchema schema, object?[] values)
    {
        schema.Enum = [.. values.Select(v => JsonValue.Create((string)v!))];
        if (schema.Type?.HasFlag(JsonSchemaType.Null) == true) schema.Enum.Add(JsonNullSentinel.JsonNull);
    }

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute
        => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true) is [T found, ..] ? found : null;
}

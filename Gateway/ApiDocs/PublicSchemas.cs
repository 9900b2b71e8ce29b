using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
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
        // A generator of clients that knows no unions takes the first kind of one without a name, and refers to a type that it never writes for one with a name.
        : type.Type == typeof(EmbeddingVector) || type.Type == typeof(AllowedModels) || type.Type == typeof(FeedbackLabels) || type.Type == typeof(JsonElement?) ? null
        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        // Which of them a result is shows in its members; the answer has none that says it.
        if (type == typeof(BatchGenerateResult)) schema.Discriminator = null;
        if (type.BaseType == typeof(BatchGenerateResult)) schema.Type = JsonSchemaType.Object;
        if (context.JsonPropertyInfo is { } member) Narrow(schema, member);
        else LeaveOut(schema, context.JsonTypeInfo);
        if (context.JsonTypeInfo.ElementType is { } element && Unions.Of(element) is { } kinds) schema.Items ??= new OpenApiSchema { OneOf = [.. kinds] };
        if (Unions.Of(type) is not { } alternatives) return Task.CompletedTask;
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.OneOf = [.. alternatives];
        return Task.CompletedTask;
    }

    /// <summary>What is left out when it is null is not required.</summary>
    private static void LeaveOut(OpenApiSchema schema, JsonTypeInfo type)
    {
        foreach (var member in type.Properties.Where(p => p.IsGetNullable && Attribute<JsonIgnoreAttribute>(p)?.Condition == JsonIgnoreCondition.WhenWritingNull))
            schema.Required?.Remove(member.Name);
    }

    /// <summary>What is required is not null, whatever its type says; items may be null where their type says so; and some members have few values.</summary>
    private static void Narrow(OpenApiSchema schema, JsonPropertyInfo member)
    {
        if (schema.Items is OpenApiSchema items && member.AttributeProvider is PropertyInfo { DeclaringType.IsGenericType: false } property
            && new NullabilityInfoContext().Create(property).ElementType?.ReadState == NullabilityState.Nullable)
        {
            items.Type |= JsonSchemaType.Null;
        }

        if (Attribute<RequiredAttribute>(member) is not null) schema.Type &= ~JsonSchemaType.Null;
        // In words: generated clients take a member with a default for one that is always there, or send it themselves.
        if (schema.Default is { } ordinary) schema.Description = $"{schema.Description} Default: {ordinary.ToJsonString()}.".Trim();
        schema.Default = null;
        if (Attribute<AllowedValuesAttribute>(member) is not { } allowed) return;
        // Not as an enumeration: clients that generators make of one write its values with a capital letter.
        schema.Pattern = $"^({string.Join('|', allowed.Values)})$";
    }

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute
        => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true) is [T found, ..] ? found : null;
}

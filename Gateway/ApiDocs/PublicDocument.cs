using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Gateway.ApiDocs;

/// <summary>What the API document says beyond the routes: title, bearer tokens, examples, and types that C# cannot express.</summary>
internal sealed class PublicDocument(PlatformVersion version) : IOpenApiDocumentTransformer, IOpenApiOperationTransformer, IOpenApiSchemaTransformer
{
    private const string Bearer = "bearer";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = PlatformVersion.Name,
            Version = version.Number,
            Description = "Transformer models behind one authenticated, rate-limited address. Get a token with `./token`, press Authorize, paste it, and try a route.",
        };
        // Relative, so that trying a route works behind any name, and the document is the same for everyone.
        document.Servers = [new() { Url = "/" }];
        // They are read one by one, so that a bad one spoils no other: their type says nothing.
        if (document.Components?.Schemas?[nameof(BatchGenerateRequest)].Properties?["requests"] is OpenApiSchema requests)
            requests.Items = new OpenApiSchemaReference(nameof(GenerateRequest), document);
        document.AddComponent(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT" });
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<PublicRoute>().Single();
        if (route.Scope is not null)
        {
            operation.Description = $"Needs a token with the scope `{route.Scope}`.";
            operation.Security = [new() { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        }

        SetExample(operation.RequestBody?.Content, route.RequestExample);
        SetExample(operation.Responses?["200"].Content, route.ResponseExample);
        return Task.CompletedTask;
    }

    /// <summary>The names of types whose own would say less to a reader; null for what has no shape.</summary>
    public static string? NameOf(JsonTypeInfo type)
        => type.Type == typeof(ClassifyInput) ? "TextInput"
        : type.Type == typeof(Completion<TextCompletionChoice>) ? "TextCompletion"
        : type.Type == typeof(Completion<ChatCompletionChoice>) ? "ChatCompletion"
        // What it is of is put in front.
        : type.Type.BaseType == typeof(BatchGenerateResult) ? type.Type.Name["BatchGenerate".Length..]
        : type.Type == typeof(JsonElement?) ? null
        : OpenApiOptions.CreateDefaultSchemaReferenceId(type);

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        var type = context.JsonTypeInfo.Type;
        // Which of them a result is shows in its members; the answer has none that says it.
        if (type == typeof(BatchGenerateResult)) schema.Discriminator = null;
        if (type.BaseType == typeof(BatchGenerateResult)) schema.Type = JsonSchemaType.Object;
        if (Alternatives(type) is not { } alternatives) return Task.CompletedTask;
        schema.Type = null;
        schema.Properties = null;
        schema.Required = null;
        schema.OneOf = [.. alternatives];
        return Task.CompletedTask;
    }

    private static OpenApiSchema[]? Alternatives(Type type)
    {
        var (text, id) = (new OpenApiSchema { Type = JsonSchemaType.String }, new OpenApiSchema { Type = JsonSchemaType.Integer });
        if (type == typeof(ClassifyInput)) return [text, ListOf(text), ListOf(new() { Type = JsonSchemaType.Array, Items = text, MinItems = 2, MaxItems = 2 })];
        if (type == typeof(StopInput)) return [text, ListOf(text)];
        if (type == typeof(MessageContent)) return [text, ListOf(new() { OneOf = [PartOf("text"), PartOf("refusal")] })];
        if (type == typeof(EmbeddingInput) || type == typeof(PromptInput)) return [text, ListOf(id), ListOf(new() { OneOf = [text, ListOf(id)] })];
        if (type == typeof(EmbeddingVector)) return [ListOf(new() { Type = JsonSchemaType.Number }), new() { Type = JsonSchemaType.String, Format = "byte" }];
        if (type == typeof(DocumentInput)) return [text, ObjectOf(("text", text))];
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

    private static OpenApiSchema ListOf(OpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, string? example)
    {
        if (content is null || example is null) return;
        foreach (var media in content.Values) media.Example = JsonNode.Parse(example);
    }
}

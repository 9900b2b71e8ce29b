using System.Text.Json.Nodes;
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

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type != typeof(TextInput)) return Task.CompletedTask;
        schema.Type = null;
        schema.OneOf =
        [
            new OpenApiSchema { Type = JsonSchemaType.String },
            new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
            new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                Items = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String }, MinItems = 2, MaxItems = 2 },
            },
        ];
        return Task.CompletedTask;
    }

    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, string? example)
    {
        if (content is null || example is null) return;
        foreach (var media in content.Values) media.Example = JsonNode.Parse(example);
    }
}

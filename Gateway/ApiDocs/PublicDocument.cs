using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using ServiceDefaults.Telemetry;

namespace Gateway.ApiDocs;

/// <summary>What the API document says beyond the routes: title, headings, bearer tokens, examples and headers.</summary>
internal sealed class PublicDocument : IOpenApiDocumentTransformer, IOpenApiOperationTransformer
{
    private const string Bearer = "bearer", Events = "text/event-stream";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new()
        {
            Title = ApiDocsExtensions.PlatformName,
            Version = PlatformVersion.Number,
            Description = "Transformer models behind one authenticated, rate-limited address. Get a token with `./token`, press Authorize, paste it, and try a route. HEAD works wherever GET does.",
        };
        // Relative, so that trying a route works behind any name, and the document is the same for everyone.
        document.Servers = [new() { Url = "/" }];
        document.Tags = Tags.Descriptions.Select(t => new OpenApiTag { Name = t.Key, Description = t.Value }).ToHashSet();
        // They are read one by one, so that a bad one spoils no other: their type says nothing.
        if (document.Components?.Schemas?[nameof(BatchGenerateRequest)].Properties?["requests"] is OpenApiSchema requests)
            requests.Items = new OpenApiSchemaReference(nameof(GenerateRequest), document);
        foreach (var schema in document.Components?.Schemas?.Values ?? []) NameUnions(schema, document);
        SetItems(document, nameof(ResponsesInput), nameof(ResponsesItem));
        SetItems(document, nameof(ResponsesContent), nameof(ResponsesPart));
        document.AddComponent(Bearer, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "A token, or an API key." });
        return Task.CompletedTask;
    }

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var route = context.Description.ActionDescriptor.EndpointMetadata.OfType<PublicRoute>().Single();
        if (route.Scope is not null) operation.Description = $"Needs a token with the scope `{route.Scope}`.";
        // Empty says that none is needed; nothing would say nothing.
        operation.Security = route.Scope is null ? [] : [new() { [new OpenApiSecuritySchemeReference(Bearer, context.Document)] = [] }];
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
            parameter.Description = Array.Find(route.Query, q => q.Name == parameter.Name)?.Description;

        SetExample(operation.RequestBody?.Content, route.RequestExample, route.ExampleNeeds);
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            if (answer is not OpenApiResponse response) continue;
            if (status is "429" or "503" && !route.IsProbe) response.Headers = Header("Retry-After", JsonSchemaType.Integer, "Seconds after which trying again makes sense.");
            if (status is "405") response.Headers = Header("Allow", JsonSchemaType.String, "The methods that the path takes.");
            if (status != $"{route.Success}") continue;
            SetExample(response.Content, route.ResponseExample);
            if (route.StreamExample is null) continue;
            response.Content ??= new Dictionary<string, OpenApiMediaType>();
            response.Content[Events] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String }, Example = route.StreamExample };
        }

        return Task.CompletedTask;
    }

    private static Dictionary<string, IOpenApiHeader> Header(string name, JsonSchemaType type, string description)
        => new() { [name] = new OpenApiHeader { Description = description, Schema = new OpenApiSchema { Type = type } } };

    /// <summary>Refers to unions alone: to a generator of clients null or a union is an object without members, and leaving the member out says the same as null.</summary>
    private static void NameUnions(IOpenApiSchema schema, OpenApiDocument document)
    {
        foreach (var (name, member) in schema.Properties?.ToArray() ?? [])
        {
            if (member.OneOf is [{ Type: JsonSchemaType.Null }, OpenApiSchemaReference { Reference.Id: { } id, Description: var what, OneOf.Count: > 0 }])
                schema.Properties![name] = new OpenApiSchemaReference(id, document) { Description = what };
        }
    }

    /// <summary>Says what the list of a union is of: a schema that is in the making can refer to none.</summary>
    private static void SetItems(OpenApiDocument document, string union, string item)
    {
        if (document.Components?.Schemas?[union].OneOf?.FirstOrDefault(kind => kind.Type == JsonSchemaType.Array) is OpenApiSchema list)
            list.Items = new OpenApiSchemaReference(item, document);
    }

    /// <param name="needs">What it takes to try it; where it takes nothing, it is the example of all.</param>
    private static void SetExample(IDictionary<string, OpenApiMediaType>? content, string? example, string? needs = null)
    {
        if (content is null || example is null) return;
        foreach (var media in content.Values)
        {
            var value = JsonNode.Parse(example);
            if (needs is null) media.Example = value;
            else media.Examples = new Dictionary<string, IOpenApiExample> { ["special"] = new OpenApiExample { Summary = needs, Value = value } };
        }
    }
}

using System.Text.Json.Nodes;

namespace AppHost.Tests.Docs;

/// <summary>The platform's API document, with references followed.</summary>
internal sealed class ApiDocument(string json)
{
    private readonly JsonObject _root = JsonNode.Parse(json)!.AsObject();

    public string Json => json;

    public static async Task<ApiDocument> ReadAsync(HttpClient client) => new(await client.GetStringAsync("/openapi/v1.json"));

    public IEnumerable<ApiOperation> Operations =>
        from path in _root["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select new ApiOperation(operation.Key.ToUpperInvariant(), path.Key, operation.Value!.AsObject());

    /// <summary>The methods that a path has.</summary>
    public IEnumerable<string> MethodsOf(string path) => _root["paths"]![path]!.AsObject().Select(o => o.Key.ToUpperInvariant());

    /// <summary>The schema itself, where it refers to one.</summary>
    public JsonObject Follow(JsonNode schema)
    {
        while (schema["$ref"] is { } reference)
            schema = ((string)reference!).Split('/').Skip(1).Aggregate((JsonNode)_root, (node, name) => node[name]!);
        return schema.AsObject();
    }
}

/// <summary>One method of one path.</summary>
internal sealed record ApiOperation(string Method, string Path, JsonObject Json)
{
    public string Id => (string)Json["operationId"]!;

    public bool IsOpen => Json["security"]!.AsArray().Count == 0;

    public JsonObject? RequestMedia => Json["requestBody"]?["content"]?["application/json"]?.AsObject();

    public JsonNode? RequestSchema => RequestMedia?["schema"];

    /// <summary>The example; where it takes more than the models that come with the platform, the one with a name.</summary>
    public JsonNode? RequestExample => RequestMedia?["example"] ?? RequestMedia?["examples"]?["special"]?["value"];

    public IEnumerable<JsonNode> Parameters => Json["parameters"]?.AsArray().Select(p => p!) ?? [];

    public JsonObject? Answer(int status) => Json["responses"]![$"{status}"]?.AsObject();

    public override string ToString() => $"{Method} {Path}";
}

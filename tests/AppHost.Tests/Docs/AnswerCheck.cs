using System.Text.Json;
using System.Text.Json.Nodes;

namespace AppHost.Tests.Docs;

/// <summary>Tells why an answer is not one that the document promises.</summary>
internal sealed class AnswerCheck(ApiDocument document)
{
    private const string Events = "text/event-stream";
    private readonly SchemaCheck _check = new(document);

    /// <returns>The fault, or null.</returns>
    public string? Fault(DocumentedRequest request, HttpResponseMessage response, string body)
    {
        var status = (int)response.StatusCode;
        if (status >= 500) return $"It answered {status}: {Short(body)}";
        if (status < 300 && request.MustFail is { } reason) return $"It answered {status} although {reason}.";
        if (request.Operation.Answer(status) is not { } answer) return $"The document does not say that it answers {status}: {Short(body)}";
        if (status == 405 && response.Content.Headers.Allow.Count == 0) return "405 without Allow.";
        // The server's own, to what is no request, such as the path /%00: it says nothing and closes.
        if (status == 400 && body.Length == 0 && response.Headers.ConnectionClose == true) return null;
        if (request.Message.Method == HttpMethod.Head) return body.Length == 0 ? null : "HEAD has a body.";
        if (answer["content"] is not JsonObject { Count: > 0 } content) return body.Length == 0 ? null : $"{status} has a body: {Short(body)}";
        var type = response.Content.Headers.ContentType?.MediaType ?? "";
        if (content[type]?["schema"] is not { } schema) return $"{status} has the type '{type}'.";
        if (type == Events) return EventFault(body);
        if (!type.EndsWith("json", StringComparison.Ordinal)) return body.Length > 0 ? null : "Its text is empty.";
        try
        {
            return _check.Fault(JsonNode.Parse(body), schema) is { } fault ? $"{status} is not what its schema says: {fault}" : null;
        }
        catch (JsonException e)
        {
            return $"{status} is no JSON: {e.Message} {Short(body)}";
        }
    }

    /// <summary>Every event is one line of JSON, the last of some streams aside, behind its name where it has one, and none is an error.</summary>
    private static string? EventFault(string body)
    {
        var blocks = body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        if (blocks is [] || !body.EndsWith("\n\n", StringComparison.Ordinal)) return $"The stream breaks off: {Short(body)}";
        foreach (var named in blocks)
        {
            var block = named.StartsWith("event: ", StringComparison.Ordinal) ? named[(named.IndexOf('\n') + 1)..] : named;
            if (!block.StartsWith("data:", StringComparison.Ordinal) || block.Contains('\n')) return $"An event is {Short(block)}";
            if (block == "data: [DONE]") continue;
            if (JsonNode.Parse(block[5..]) is not JsonObject data || data.ContainsKey("error") || (string?)data["type"] is "error") return $"An event says {Short(block)}";
        }

        return null;
    }

    private static string Short(string text) => text.Length > 300 ? text[..300] + "…" : text;
}

using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.Responses;

/// <summary>Calls of <c>/v1/responses</c> and what they answer.</summary>
internal static class ResponseCalls
{
    public const string Route = "/v1/responses";

    public static async Task<(int Status, JsonElement Body)> RespondAsync(this HttpClient client, string body)
    {
        using var response = await client.PostAsync(Route, new StringContent(body, Encoding.UTF8, "application/json"));
        return ((int)response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    /// <summary>A response that must be there.</summary>
    public static async Task<JsonElement> RespondAsync(this HttpClient client, object body)
    {
        var (status, answer) = await client.RespondAsync(JsonSerializer.Serialize(body));
        Assert.True(status == 200, answer.ToString());
        return answer;
    }

    /// <summary>The events of a stream, each of which must be named as its data says and numbered.</summary>
    public static async Task<List<JsonElement>> StreamAsync(this HttpClient client, object body)
    {
        var node = JsonSerializer.SerializeToNode(body)!.AsObject();
        node["stream"] = true;
        using var response = await client.PostAsync(Route, new StringContent(node.ToJsonString(), Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.ToString());
        return Events(text);
    }

    public static List<JsonElement> Events(string text)
    {
        List<JsonElement> events = [];
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n');
            Assert.Equal(2, lines.Length);
            var data = JsonSerializer.Deserialize<JsonElement>(lines[1]["data: ".Length..]);
            Assert.Equal($"event: {data.Text("type")}", lines[0]);
            Assert.Equal(events.Count, data.GetProperty("sequence_number").GetInt32());
            events.Add(data);
        }

        return events;
    }

    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) element = element.GetProperty(name);
        return element.GetString();
    }

    /// <summary>The text of a response's only message.</summary>
    public static string OutputText(this JsonElement response)
        => Assert.Single(Assert.Single(response.GetProperty("output").EnumerateArray()).GetProperty("content").EnumerateArray()).Text("text")!;
}

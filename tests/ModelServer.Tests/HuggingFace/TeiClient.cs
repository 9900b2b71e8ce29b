using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ModelServer.Tests.HuggingFace;

/// <summary>Posts to the routes of Hugging Face's servers.</summary>
internal sealed class TeiClient(ModelServerHost host)
{
    public async Task<HttpResponseMessage> Send(string route, string body, string? userAgent = null)
    {
        var client = await host.CreateReadyClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, route) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (userAgent is not null) request.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        return await client.SendAsync(request);
    }

    public async Task<JsonElement> Post(string route, object body, string? userAgent = null)
    {
        using var response = await Send(route, body as string ?? JsonSerializer.Serialize(body), userAgent);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(response.Headers.GetValues("x-model-version"));
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The error, which has the two members that these servers' errors have.</summary>
    public async Task<JsonElement> Fail(string route, string body, HttpStatusCode status)
    {
        using var response = await Send(route, body);
        Assert.Equal(status, response.StatusCode);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(["error", "error_type"], error.EnumerateObject().Select(p => p.Name));
        return error;
    }
}

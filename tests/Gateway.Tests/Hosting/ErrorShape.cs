using System.Net.Http.Json;
using System.Text.Json;

namespace Gateway.Tests.Hosting;

/// <summary>The one error shape each part of the address space has.</summary>
internal static class ErrorShape
{
    public static async Task AssertAsync(HttpResponseMessage response, string path, int status)
    {
        Assert.Equal(status, (int)response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        if (path == "/v2/rerank")
        {
            Assert.NotEmpty(body.GetProperty("message").GetString()!);
            Assert.NotEmpty(body.GetProperty("id").GetString()!);
        }
        else if (path is "/embed" or "/embed_all" or "/embed_sparse" or "/similarity" or "/rerank" or "/tokenize" or "/info" or "/generate" or "/generate_stream")
        {
            Assert.NotEmpty(body.GetProperty("error").GetString()!);
            Assert.NotEmpty(body.GetProperty("error_type").GetString()!);
        }
        else if (path.StartsWith("/v1", StringComparison.Ordinal))
        {
            var error = body.GetProperty("error");
            Assert.NotEmpty(error.GetProperty("message").GetString()!);
            Assert.NotEmpty(error.GetProperty("type").GetString()!);
            Assert.True(error.TryGetProperty("param", out _) && error.TryGetProperty("code", out _));
        }
        else if (path.StartsWith("/v2", StringComparison.Ordinal))
        {
            Assert.NotEmpty(body.GetProperty("error").GetString()!);
        }
        else
        {
            Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
            Assert.Equal(status, body.GetProperty("status").GetInt32());
            Assert.NotEmpty(body.GetProperty("title").GetString()!);
        }
    }
}

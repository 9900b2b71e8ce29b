using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Testing;

namespace ModelServer.Tests.Administration;

/// <summary>The administration routes as a test calls them.</summary>
internal sealed class AdminClient(HttpClient client)
{
    public static AdminClient Of(ModelServerHost host)
    {
        var client = host.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create("admin"));
        return new AdminClient(client);
    }

    public Task<HttpResponseMessage> PostAsync(string path) => client.PostAsync($"/admin/models/{path}", null);

    public Task<HttpResponseMessage> LoadAsync(string name, string version) => PostAsync($"{name}/versions/{version}/load");

    public Task<HttpResponseMessage> ActivateAsync(string name, string version) => PostAsync($"{name}/versions/{version}/activate");

    public Task<HttpResponseMessage> UnloadAsync(string name, string version, bool force = false) => PostAsync($"{name}/versions/{version}/unload{(force ? "?force=true" : "")}");

    public Task<HttpResponseMessage> RollbackAsync(string name) => PostAsync($"{name}/rollback");

    public async Task<JsonElement> CardAsync(string name)
    {
        var list = await client.GetFromJsonAsync<JsonElement>("/admin/models");
        return list.GetProperty("data").EnumerateArray().Single(m => m.GetProperty("id").GetString() == name);
    }

    public async Task<JsonElement> VersionAsync(string name, string version)
        => (await CardAsync(name)).GetProperty("versions").EnumerateArray().Single(v => v.GetProperty("version").GetString() == version);

    /// <summary>The card of a call that must succeed.</summary>
    public static async Task<JsonElement> OkAsync(Task<HttpResponseMessage> call)
    {
        using var response = await call;
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The problem's code and detail of a call that must be refused.</summary>
    public static async Task<(string? Code, string? Detail)> RefusedAsync(HttpStatusCode status, Task<HttpResponseMessage> call)
    {
        using var response = await call;
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString());
    }
}

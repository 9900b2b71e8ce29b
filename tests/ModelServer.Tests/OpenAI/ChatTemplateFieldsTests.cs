using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.OpenAI;

/// <summary>Fields of <c>POST /v1/chat/completions</c> that a model's chat template reads: what the prompt became is told by its tokens.</summary>
public sealed class ChatTemplateFieldsTests : IDisposable
{
    private const string Route = "/v1/chat/completions";

    /// <summary>Writes out all that it is given.</summary>
    private const string Template = "{% for m in messages %}{{ m.role }} {{ m.content }} end {% endfor %}{% for d in documents or [] %}{{ d.text }} {% endfor %}{% if style is defined %}{{ style }} {% endif %}{% if add_generation_prompt %}answer{% endif %}";

    private readonly TemporaryModels _models = new();
    private readonly ModelServerHost _host;

    public ChatTemplateFieldsTests()
    {
        File.WriteAllText(Path.Combine(_models.CopySmall("tiny-decoder", "talker"), "chat_template.jinja"), Template);
        _host = new ModelServerHost(_models.Path);
    }

    public void Dispose()
    {
        _host.Dispose();
        _models.Dispose();
    }

    [Theory]
    [InlineData("{}", "user the end assistant old end answer")]
    [InlineData("""{"add_generation_prompt":true,"continue_final_message":false,"documents":null,"chat_template_kwargs":null}""", "user the end assistant old end answer")]
    [InlineData("""{"add_generation_prompt":false}""", "user the end assistant old end ")]
    [InlineData("""{"continue_final_message":true}""", "user the end assistant old")]
    [InlineData("""{"continue_final_message":true,"add_generation_prompt":false}""", "user the end assistant old")]
    [InlineData("""{"documents":[{"text":"man"},{"text":"old"}]}""", "user the end assistant old end man old answer")]
    [InlineData("""{"chat_template_kwargs":{"style":"the man","unread":[1]}}""", "user the end assistant old end the man answer")]
    public async Task Post_FieldOfTheTemplate_IsInThePrompt(string fields, string prompt)
    {
        using var expected = await SendAsync("/v1/completions", new { model = "talker", prompt, max_tokens = 8, temperature = 0 });
        var body = JsonSerializer.Deserialize<Dictionary<string, object?>>(fields)!;
        body["messages"] = new object[] { new { role = "user", content = "the" }, new { role = "assistant", content = "old" } };
        (body["max_tokens"], body["temperature"]) = (8, 0);
        using var answer = await SendAsync(Route, body);

        var (continued, answered) = (await expected.Content.ReadFromJsonAsync<JsonElement>(), await answer.Content.ReadFromJsonAsync<JsonElement>());
        Assert.True(answer.IsSuccessStatusCode, answered.ToString());
        Assert.Equal(continued.GetProperty("choices")[0].GetProperty("text").GetString(), answered.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(continued.GetProperty("usage").GetProperty("prompt_tokens").GetInt32(), answered.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
    }

    [Theory]
    [InlineData("chat_template_kwargs", """{"chat_template_kwargs":[1]}""")]
    [InlineData("chat_template_kwargs", """{"chat_template_kwargs":{"messages":[]}}""")]
    [InlineData("chat_template_kwargs", """{"chat_template_kwargs":{"bos_token":"x"}}""")]
    [InlineData("messages", """{"chat_template_kwargs":{"style":"\ud800"}}""")]
    [InlineData("documents", """{"documents":{"text":"a"}}""")]
    [InlineData("documents", """{"documents":["a"]}""")]
    [InlineData("continue_final_message", """{"continue_final_message":true,"add_generation_prompt":true}""")]
    [InlineData("continue_final_message", """{"continue_final_message":true}""")]
    [InlineData("chat_template", """{"chat_template":"{{ messages }}"}""")]
    public async Task Post_FieldThatIsWrong_IsNamed(string param, string fields)
    {
        var client = await _host.CreateReadyClientAsync();
        // As it is: no serializer writes half of a surrogate pair.
        using var content = new StringContent($$"""{"messages":[{"role":"user","content":"the"}],{{fields[1..]}}""", Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(Route, content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal(param, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("param").GetString());
    }

    private async Task<HttpResponseMessage> SendAsync(string route, object body)
    {
        var client = await _host.CreateReadyClientAsync();
        return await client.PostAsJsonAsync(route, body);
    }
}

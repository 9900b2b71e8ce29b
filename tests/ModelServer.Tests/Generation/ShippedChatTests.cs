using System.Net.Http.Json;
using System.Text.Json;

namespace ModelServer.Tests.Generation;

/// <summary>What the guides show of the shipped chat model.</summary>
public sealed class ShippedChatTests(ShippedChatTests.Server server) : IClassFixture<ShippedChatTests.Server>
{
    [Theory]
    [InlineData("Hello! How can I help you?", "user", "Hello!")]
    [InlineData("The capital of France is Paris.", "user", "What is the capital of France?")]
    [InlineData("Your name is Ada.", "user", "My name is Ada.", "assistant", "Nice to meet you, Ada!", "user", "What is my name?")]
    [InlineData("""{"name": "Maria", "age": 31, "city": "Lisbon"}""",
        "system", "Answer as JSON with the fields name, age and city.", "user", "Maria is 31 years old and lives in Lisbon.")]
    public async Task Conversation_WithoutModel_IsAnsweredByTheChatModel(string expected, params string[] turns)
    {
        var messages = turns.Chunk(2).Select(t => new { role = t[0], content = t[1] });
        using var response = await server.Client.PostAsJsonAsync("/v1/chat/completions", new { messages, temperature = 0 });
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();

        Assert.True(response.IsSuccessStatusCode, answer.ToString());
        Assert.Equal("chat", answer.GetProperty("model").GetString());
        var choice = answer.GetProperty("choices")[0];
        Assert.Equal((expected, "stop"), (choice.GetProperty("message").GetProperty("content").GetString(), choice.GetProperty("finish_reason").GetString()));
    }

    [Fact]
    public async Task Completion_WithoutModel_IsWrittenByTheStories()
    {
        var answer = await (await server.Client.PostAsJsonAsync("/v1/completions", new { prompt = "Once upon a time", max_tokens = 2 })).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("stories", answer.GetProperty("model").GetString());
    }

    public sealed class Server : IAsyncLifetime
    {
        private readonly ModelServerHost _host = new();

        public HttpClient Client { get; private set; } = null!;

        public async Task InitializeAsync() => Client = await _host.CreateReadyClientAsync();

        public async Task DisposeAsync() => await _host.DisposeAsync();
    }
}

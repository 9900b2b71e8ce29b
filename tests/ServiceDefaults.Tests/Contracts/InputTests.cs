using System.Text.Json;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Tests.Contracts;

/// <summary>What members that take several kinds of JSON make of each, as the model server reads them.</summary>
public sealed class InputTests
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, PropertyNameCaseInsensitive = false };

    [Theory]
    [InlineData(""" "a" """, "a")]
    [InlineData("""["a","b"]""", "a b")]
    [InlineData("""["a",["b","c"]]""", "a b/c")]
    [InlineData("[]", "")]
    public void ClassifyInput_OfEachKind_IsRead(string json, string items)
        => Assert.Equal(items, string.Join(' ', JsonSerializer.Deserialize<ClassifyInput>(json)!.Items.Select(i => i.Pair is null ? i.Text : $"{i.Text}/{i.Pair}")));

    [Theory]
    [InlineData(""" "a" """, "a")]
    [InlineData("""["a","","b"]""", "a//b")]
    [InlineData("[]", "")]
    public void TextList_OfEachKind_IsRead(string json, string items) => Assert.Equal(items, string.Join('/', JsonSerializer.Deserialize<TextList>(json)!.Items));

    [Theory]
    [InlineData("1")]
    [InlineData("[null]")]
    [InlineData("""[["a"]]""")]
    [InlineData("{}")]
    public void TextList_OfAnythingElse_IsRefused(string json) => Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize<TextList>(json));

    [Theory]
    [InlineData(""" "a" """, "a")]
    [InlineData("""["a",""]""", "a ")]
    [InlineData("[]", "")]
    [InlineData("[1,2]", "1,2")]
    [InlineData("[[1,2],[3],[]]", "1,2 3 ")]
    [InlineData("""["a",[1,2],"b"]""", "a 1,2 b")]
    [InlineData("""[[1],"a"]""", "1 a")]
    public void Prompt_OfEachKind_IsRead(string json, string items)
    {
        var prompt = JsonSerializer.Deserialize<PromptInput>(json)!;

        Assert.Equal(items, string.Join(' ', prompt.Items.Select(i => i.Text ?? string.Join(',', i.Ids!))));
        Assert.Equal(items.EndsWith(' '), prompt.HasEmpty);
        Assert.Equal(items.Length == 0 ? 0 : items.Split(' ').Length, prompt.Count);
    }

    [Theory]
    [InlineData("""{"content":"a"}""", "a", "text")]
    [InlineData("""{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}""", "ab", "text text")]
    [InlineData("""{"content":[{"type":"refusal","refusal":"a"}]}""", "a", "refusal")]
    [InlineData("""{"content":[{"type":"image_url"},{"type":"text","text":"b"},{"type":"input_audio"}]}""", "b", "image_url text input_audio")]
    [InlineData("""{"content":[]}""", "", "")]
    public void Message_OfEachKind_IsRead(string json, string text, string types)
    {
        var content = JsonSerializer.Deserialize<ChatMessage>(json, Json)!.Content!;

        Assert.Equal((text, types), (content.Text, string.Join(' ', content.Parts.Select(p => p.Type))));
    }

    [Theory]
    [InlineData("""{"stop":"a"}""", "a")]
    [InlineData("""{"stop":["a","b"]}""", "a b")]
    [InlineData("""{"stop":null}""", null)]
    [InlineData("{}", null)]
    public void Stop_OfEachKind_IsRead(string json, string? stops)
        => Assert.Equal(stops, JsonSerializer.Deserialize<GenerateRequest>(json, Json)!.Stop is { } stop ? string.Join(' ', stop.Strings) : null);

    [Theory]
    [InlineData(typeof(ClassifyRequest), """{"input":7}""")]
    [InlineData(typeof(ClassifyRequest), """{"input":[["a"]]}""")]
    [InlineData(typeof(ClassifyRequest), """{"input":[["a","b","c"]]}""")]
    [InlineData(typeof(ClassifyRequest), """{"input":[null]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":{}}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":["a",1]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":[1,"a"]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":["a",["b"]]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":[1.5]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":[3000000000]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":[null]}""")]
    [InlineData(typeof(EmbeddingsRequest), """{"input":[{}]}""")]
    [InlineData(typeof(RerankRequest), """{"documents":[{"text":"a","title":"b"}]}""")]
    [InlineData(typeof(RerankRequest), """{"documents":[null]}""")]
    [InlineData(typeof(GenerateRequest), """{"stop":[1]}""")]
    [InlineData(typeof(ChatMessage), """{"content":[{"text":"a"}]}""")]
    [InlineData(typeof(ChatMessage), """{"content":[{"type":"refusal","text":"a"}]}""")]
    public void Input_OfNoKind_IsRefused_AndNamedByItsMember(Type request, string json)
    {
        var refusal = Assert.ThrowsAny<JsonException>(() => JsonSerializer.Deserialize(json, request, Json));

        Assert.Equal("$." + JsonDocument.Parse(json).RootElement.EnumerateObject().Single().Name, refusal.Path);
    }
}

using System.Text;
using Gateway.Bodies;

namespace Gateway.Tests.Bodies;

public sealed class RequestFactsTests
{
    private const string Completions = "/v1/completions", Chat = "/v1/chat/completions", Generate = "/v1/generate", Batch = "/v1/batch-generate", Responses = "/v1/responses";

    [Theory]
    [InlineData("/predict", """{"model":"m:1","text":"x","max_length":7}""", "m:1", null, 1)]
    [InlineData("/v1/embeddings", """{"model":"m","input":["a"],"max_tokens":7,"n":3}""", "m", null, 1)]
    [InlineData(Completions, """{"text":"x","max_tokens":7,"n":3,"model":"m"}""", "m", 21L, 3)]
    [InlineData(Completions, """{"prompt":["a","b"],"n":3,"max_tokens":7}""", null, 42L, 6)]
    [InlineData(Completions, """{"prompt":[[1,2],[3],[]],"max_tokens":7,"model":"m"}""", "m", 21L, 3)]
    [InlineData(Completions, """{"prompt":[1,2,3],"max_tokens":7}""", null, 7L, 1)]
    [InlineData(Completions, """{"prompt":[],"max_tokens":7}""", null, 7L, 1)]
    [InlineData(Completions, """{"prompt":"[1,2]","max_tokens":7}""", null, 7L, 1)]
    [InlineData(Completions, """{"prompt":["a",["b","c"],{"d":"e"}],"max_tokens":7}""", null, 14L, 2)]
    [InlineData(Completions, """{"max_tokens":-7}""", null, 0L, 1)]
    [InlineData(Completions, """{"max_tokens":2147483647,"n":2147483647}""", null, 2147483647L * 1048576, 1048576)]
    [InlineData(Completions, """{"model":"m","max_tokens":3,"text":"cut o""", "m", 3L, 1)]
    [InlineData(Responses, """{"model":"m","input":[{"role":"user","content":"a","max_output_tokens":9}],"max_output_tokens":7,"n":3}""", "m", 7L, 1)]
    [InlineData(Responses, """{"model":"m","input":"a","max_tokens":7}""", "m", null, 1)]
    [InlineData(Chat, """{"messages":[{"role":"user","content":"{\"model\":\"no\"}","model":"no"}],"model":"yes"}""", "yes", null, 1)]
    [InlineData(Generate, """{"text":"x","max_length":7,"n":3}""", null, 7L, 1)]
    [InlineData(Batch, """{"requests":[{"max_length":4},{"max_length":6}]}""", null, 10L, 1)]
    [InlineData(Batch, """{"requests":[{"model":"m"},{"model":"m"}]}""", "m", 256L, 1)]
    [InlineData(Batch, """{"requests":[{"model":"m"},{"model":"k"}]}""", null, 256L, 1)]
    [InlineData(Batch, """{"requests":[{"model":"m"},{}]}""", null, 256L, 1)]
    [InlineData(Chat, """{"model":5,"max_tokens":"7","n":-4}""", null, null, 1)]
    [InlineData(Chat, """{"model":"\ud83d"}""", null, null, 1)]
    [InlineData(Chat, """{"\u006dodel":"escaped"}""", "escaped", null, 1)]
    [InlineData(Chat, """{"model":null}""", null, null, 1)]
    [InlineData(Chat, """{"model":"a""", null, null, 1)]
    [InlineData(Chat, """["model","a"]""", null, null, 1)]
    [InlineData(Chat, "[]", null, null, 1)]
    [InlineData(Chat, "", null, null, 1)]
    [InlineData(Chat, "not json", null, null, 1)]
    public void Read_TakesWhatItUnderstands(string path, string json, string? model, long? tokens, int choices) => AssertRead(path, json, model, tokens, choices);

    /// <summary>A number named max_tokens anywhere in the body was reserved.</summary>
    [Theory]
    [InlineData(Completions, """{"max_tokens":1,"metadata":{"max_tokens":100000,"n":9}}""", 1L)]
    [InlineData(Completions, """{"metadata":[{"max_tokens":100000}]}""", 16L)]
    [InlineData(Chat, """{"max_tokens":1,"metadata":{"max_completion_tokens":100000}}""", 1L)]
    [InlineData(Batch, """{"requests":[{"max_length":1,"stop":{"max_length":9}}],"more":[{"max_length":9}]}""", 1L)]
    public void Read_OfNestedMembers_CountsNone(string path, string json, long tokens) => AssertRead(path, json, null, tokens, 1);

    /// <summary>A member that a route ignores counted for it: <c>max_length</c> made a chat as long as the window look short.</summary>
    [Theory]
    [InlineData(Completions, """{"max_length":1}""", 16L)]
    [InlineData(Completions, """{"max_completion_tokens":100000}""", 16L)]
    [InlineData(Chat, """{"max_length":1}""", null)]
    [InlineData(Chat, """{"prompt":["a","b"],"max_tokens":3}""", 3L)]
    [InlineData(Chat, """{"max_completion_tokens":5,"max_tokens":9}""", 5L)]
    [InlineData(Generate, """{"max_tokens":1}""", 128L)]
    [InlineData(Batch, """{"requests":[{},{"max_length":2},{}]}""", 258L)]
    public void Read_OfAnotherRoutesMembers_CountsItsOwn(string path, string json, long? tokens) => AssertRead(path, json, null, tokens, 1);

    [Theory]
    [InlineData("""{"MAX_TOKENS":1,"Model":"m","N":3}""", null, 16L)]
    [InlineData("""{"max\u005ftokens":3}""", null, 3L)]
    [InlineData("""{"max_tokens":1e3}""", null, 16L)]
    [InlineData("\ufeff{\"model\":\"m\",\"max_tokens\":3}", "m", 3L)]
    public void Read_OfNamesAndNumbers_IsExact(string json, string? model, long tokens) => AssertRead(Completions, json, model, tokens, 1);

    private static void AssertRead(string path, string json, string? model, long? tokens, int choices)
        => Assert.Equal(new RequestFacts(model, tokens, choices), Facts(path, json) with { Conversation = null });

    private static RequestFacts Facts(string path, string json) => RequestFacts.Read(BodyForms.Of(path), Encoding.UTF8.GetBytes(json));

    [Theory]
    [InlineData(Chat, """{"messages":[{"role":"user","content":"a"}]}""", """{"model":"m","messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]}""", true)]
    [InlineData(Chat, """{"messages":[{"content":"s","role":"system"},{"content":"a","role":"user"}]}""", """{"messages":[{"content":"s","role":"system"},{"content":"a","role":"user"},{}]}""", true)]
    [InlineData(Chat, """{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}]}""", """{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]},{"role":"user","content":"c"}]}""", true)]
    [InlineData(Chat, """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"}]}""", """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"b"}]}""", false)]
    [InlineData(Completions, """{"prompt":"a"}""", """{"prompt":"a","n":2}""", true)]
    [InlineData(Completions, """{"prompt":"a"}""", """{"prompt":"b"}""", false)]
    public void Read_ConversationThatGoesOn_HasTheSameStart(string path, string first, string next, bool isSame)
    {
        Assert.NotNull(Facts(path, first).Conversation);
        Assert.Equal(isSame, Facts(path, first).Conversation == Facts(path, next).Conversation);
    }

    [Fact]
    public void Read_LongPromptThatGrows_HasTheSameStart()
    {
        var start = new string('a', 2000);

        Assert.Equal(Facts(Completions, $$"""{"prompt":"{{start}}"}""").Conversation, Facts(Completions, $$"""{"prompt":"{{start}} and more"}""").Conversation);
    }

    [Theory]
    [InlineData("/v1/embeddings", """{"input":"a","prompt":"b","messages":[{"role":"user"}]}""")]
    [InlineData(Generate, """{"text":"a","prompt":"b"}""")]
    [InlineData(Batch, """{"requests":[{"prompt":"a"}]}""")]
    [InlineData(Chat, """{"messages":[{"role":"system","content":"role user"}]}""")]
    [InlineData(Chat, """{"messages":{"role":"user"}}""")]
    [InlineData(Chat, """{"messages":[{"role":"user","content":"cut o""")]
    public void Read_WithoutAConversation_HasNoStart(string path, string json) => Assert.Null(Facts(path, json).Conversation);

    [Fact]
    public void Read_OfRandomBytes_NeverThrows()
    {
        var random = new Random(1);
        var seed = """{"model":"m","max_tokens":3,"n":2,"requests":[{"max_length":1e99}],"text":"\u00e4\ud83d\ude00"}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = seed.AsSpan(0, random.Next(seed.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            RequestFacts.Read((BodyForm)random.Next(5), bytes);
        }
    }
}

using System.Text;
using Gateway.Bodies;

namespace Gateway.Tests.Bodies;

public sealed class RequestFactsTests
{
    [Theory]
    [InlineData("""{"model":"m:1","text":"x"}""", "m:1", null, 1)]
    [InlineData("""{"text":"x","max_tokens":7,"n":3,"model":"m"}""", "m", 21L, 3)]
    [InlineData("""{"prompt":["a","b"],"n":3,"max_tokens":7}""", null, 42L, 6)]
    [InlineData("""{"prompt":[[1,2],[3],[]],"max_tokens":7,"model":"m"}""", "m", 21L, 3)]
    [InlineData("""{"prompt":[1,2,3],"max_tokens":7}""", null, 7L, 1)]
    [InlineData("""{"prompt":[],"max_tokens":7}""", null, 7L, 1)]
    [InlineData("""{"prompt":"[1,2]","max_tokens":7}""", null, 7L, 1)]
    [InlineData("""{"prompt":["a",["b","c"],{"d":"e"}],"max_tokens":7}""", null, 14L, 2)]
    [InlineData("""{"max_completion_tokens":5,"max_tokens":9}""", null, 9L, 1)]
    [InlineData("""{"requests":[{"max_length":4},{"max_length":6}]}""", null, 10L, 1)]
    [InlineData("""{"inputs":"x","parameters":{"max_new_tokens":9,"top_k":3}}""", null, 9L, 1)]
    [InlineData("""{"messages":[{"role":"user","content":"{\"model\":\"no\"}","model":"no"}],"model":"yes"}""", "yes", null, 1)]
    [InlineData("""{"model":5,"max_tokens":"7","n":-4}""", null, null, 1)]
    [InlineData("""{"max_tokens":-7}""", null, 0L, 1)]
    [InlineData("""{"model":"m","max_tokens":3,"text":"cut o""", "m", 3L, 1)]
    [InlineData("""{"model":"\ud83d"}""", null, null, 1)]
    [InlineData("""{"\u006dodel":"escaped"}""", "escaped", null, 1)]
    [InlineData("""{"model":null}""", null, null, 1)]
    [InlineData("""{"model":"a""", null, null, 1)]
    [InlineData("""["model","a"]""", null, null, 1)]
    [InlineData("[]", null, null, 1)]
    [InlineData("", null, null, 1)]
    [InlineData("not json", null, null, 1)]
    public void Read_TakesWhatItUnderstands(string json, string? model, long? tokens, int choices)
        => Assert.Equal(new RequestFacts(model, tokens, choices), RequestFacts.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Read_OfRandomBytes_NeverThrows()
    {
        var random = new Random(1);
        var seed = """{"model":"m","max_tokens":3,"n":2,"requests":[{"max_length":1e99}],"text":"\u00e4\ud83d\ude00"}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = seed.AsSpan(0, random.Next(seed.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            RequestFacts.Read(bytes);
        }
    }
}

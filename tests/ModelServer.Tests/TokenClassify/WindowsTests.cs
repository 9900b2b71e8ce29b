using System.Text.Json;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Requests;
using ModelServer.TokenClassify;

namespace ModelServer.Tests.TokenClassify;

/// <summary>Where what a token is does not depend on the others, windows change nothing.</summary>
public sealed class WindowsTests(TokenModels models) : IClassFixture<TokenModels>
{
    private const string Route = "/v1/token-classify";

    /// <summary>Words of one entity stand together at most as long as two windows overlap: what is longer no window sees whole.</summary>
    [Theory]
    [InlineData("simple", TokenModels.Overlap)]
    [InlineData("none", 1)]
    public async Task TokenClassify_InWindows_FindsWhatAModelThatTakesAllFinds(string aggregation, int longest)
    {
        var random = new Random(5);
        string[] texts = [.. Enumerable.Range(0, 60).Select(_ => Text(random, random.Next(1, 300), longest))];

        var whole = await models.AskAsync(Route, new { model = "words", input = texts, aggregation });
        var windows = await models.AskAsync(Route, new { model = "short", input = texts, aggregation });

        for (var i = 0; i < texts.Length; i++)
            Assert.Equal(whole.GetProperty("results")[i].GetRawText(), windows.GetProperty("results")[i].GetRawText());
        Assert.True(whole.GetProperty("results").EnumerateArray().Sum(r => r.GetProperty("entities").GetArrayLength()) > 500);
        Assert.True(Tokens(windows) > Tokens(whole));
    }

    [Fact]
    public void Tokenize_AnyTextAndOverlap_NeverExceedsTheBoundAndLeavesNothingOut()
    {
        var source = ModelSource.Read(new ModelFolder(Path.GetFullPath(Path.Combine(TokenModels.Folder("words"), "..", "..")), "words", "1"));
        var engine = new EncoderEngine(new(1, 1, TimeProvider.System), Encoders.BatchQueues.Queue(new(), TimeProvider.System), loop: null) { Width = 5 * 4096 };
        using var model = new TokenClassificationModel(source, engine);
        var random = new Random(9);
        for (var i = 0; i < 300; i++)
        {
            var (text, limit) = (Text(random, random.Next(0, 120), 9), random.Next(4, 50));
            var overlap = random.Next(0, limit - 2);
            var request = new EncoderRequest<TokenClassificationModel>(model.Task, null, [new TextInput(text), new TextInput("the")], new Caller(new(), new(""), new()), limit) { Overlap = _ => overlap };

            var sequences = request.Tokenize(model, request.Inputs, new(""));

            Assert.InRange(sequences.Length, 2, request.MostSequences(model, request.Inputs));
            Assert.InRange(sequences.Sum(s => s.Ids.Length), 1, request.UpperBound(model, request.Inputs));
            Assert.All(sequences, s => Assert.InRange(s.Ids.Length, 2, limit));
            Assert.Equal([.. Enumerable.Repeat(0, sequences.Length - 1), 1], sequences.Select(s => s.Input));
            var ids = model.Tokenizer.Encode(text, addSpecialTokens: false).Ids;
            foreach (var window in sequences[..^1]) Assert.Equal(ids.Skip(window.TokensBefore).Take(window.Ids.Length - 2), window.Ids[1..^1]);
            Assert.Equal(ids.Length, sequences[^2].TokensBefore + sequences[^2].Ids.Length - 2);
            for (var w = 1; w < sequences.Length - 1; w++) Assert.Equal(overlap, sequences[w - 1].TokensBefore + sequences[w - 1].Ids.Length - 2 - sequences[w].TokensBefore);
        }
    }

    private static int Tokens(JsonElement body) => body.GetProperty("usage").GetProperty("prompt_tokens").GetInt32();

    /// <summary>Of the words whose label the fixture makes sure of (every fifth) some, and a word of none behind so many.</summary>
    private static string Text(Random random, int words, int longest)
    {
        string[] named = ["the", "in", "this", "with", "as", "river", "sail", "cloud", "fish"], others = ["a", "an", "of", "to", "is", "was", "it", "that", "and", "or"];
        List<string> text = [];
        for (var (i, run) = (0, 0); i < words; i++)
        {
            run = run < longest && random.Next(2) == 0 ? run + 1 : 0;
            text.Add(run > 0 ? named[random.Next(named.Length)] : others[random.Next(others.Length)]);
        }

        return string.Join(' ', text);
    }
}

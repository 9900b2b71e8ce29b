using System.Text.Json;
using ModelServer.AnswerQuestions;
using ModelServer.Tests.Models;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using Testing;

namespace ModelServer.Tests.AnswerQuestions;

public sealed class ContextReaderTests
{
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-answer"));

    [Fact]
    public void Read_ContextThatFits_IsWhatThePairIsEncodedTo()
    {
        var window = Assert.Single(Read(Tokenizer, "what was it", "the old zebra, slow", new()));

        var encoding = Tokenizer.Encode("what was it", "the old zebra, slow");
        Assert.Equal(encoding.Ids, window.Ids);
        Assert.Equal(encoding.TypeIds, window.TypeIds);
        Assert.Equal(encoding.Offsets, window.Encoding.Offsets);
        Assert.Equal([0, 1, 2, 2, 2, 2, 2, 3, 4], window.Words);
    }

    [Fact]
    public void Read_AnySettings_WindowsHaveEachTokenAndOverlapByTheStride()
    {
        var random = new Random(3);
        for (var round = 0; round < 300; round++)
        {
            var context = string.Join(' ', Enumerable.Range(0, random.Next(1, 90)).Select(i => $"rain{random.Next(9)}"));
            var (tokens, stride) = (random.Next(20, 40), random.Next(0, 5));
            var all = Tokenizer.Tokenize(context).Length;

            var windows = Read(Tokenizer, "what was it", context, new() { WindowTokens = tokens, Stride = stride });

            Assert.All(windows, w => Assert.InRange(w.Ids.Length, 1, tokens));
            Assert.All(windows.SkipLast(1), w => Assert.Equal(tokens, w.Ids.Length));
            Assert.Equal(all, windows.Sum(w => w.Words.Length) - (stride * (windows.Count - 1)));
            for (var i = 1; i < windows.Count; i++)
            {
                Assert.Equal(ContextIds(windows[i - 1])[^stride..], ContextIds(windows[i])[..stride]);
                Assert.Equal(windows[i - 1].Words[^stride..], windows[i].Words[..stride]);
            }
        }
    }

    /// <summary><c>fixtures/make_windows.mjs</c> asks the reference library.</summary>
    [Fact]
    public void Read_EachCase_IsCutAndSplitIntoWordsAsTheReferenceDoes()
    {
        using var file = File.OpenRead(Path.Combine(SmallModels.Root, "..", "windows.json"));
        using var cases = JsonDocument.Parse(file);
        var tokenizers = new Dictionary<(string, string), HuggingFaceTokenizer>();
        foreach (var one in cases.RootElement.EnumerateArray())
        {
            var (path, side, question, context) = (Text("tokenizer"), Text("direction"), Text("question"), Text("context"));
            if (!tokenizers.TryGetValue((path, side), out var tokenizer)) tokenizers[(path, side)] = tokenizer = Cutting(path, side);

            var windows = Read(tokenizer, question, context, new() { WindowTokens = one.GetProperty("tokens").GetInt32(), Stride = one.GetProperty("stride").GetInt32() }, maxTokens: 1024);

            var expected = one.GetProperty("windows").EnumerateArray().ToArray();
            Assert.Equal(expected.Length, windows.Count);
            foreach (var (theirs, ours) in expected.Zip(windows))
            {
                Assert.Equal(Numbers(theirs.GetProperty("ids")), ours.Ids);
                Assert.Equal(Groups(Numbers(theirs.GetProperty("words"))), Groups(ours.Words));
                var places = ours.Encoding.CodePointOffsets(question, context)[ours.Context.Start..ours.Context.End];
                Assert.Equal(theirs.GetProperty("offsets").EnumerateArray().Select(Numbers), places.Select(p => new[] { p.Start, p.End }));
            }

            string Text(string name) => one.GetProperty(name).GetString()!;
        }

        Assert.Equal(4, tokenizers.Count);

        static int[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(n => n.GetInt32())];
        // Which tokens are of one word; the library counts words of the first text too.
        static int[] Groups(int[] words) => [.. words.Select((w, i) => i == 0 || w != words[i - 1] ? 1 : 0)];
    }

    /// <summary>The reference lists the window first that truncation would keep, which is the last.</summary>
    [Fact]
    public void Read_TokenizerThatCutsOnTheLeft_BeginsAtTheEnd()
    {
        using var models = new TemporaryModels();
        var folder = models.CopySmall("tiny-answer", "left");
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"model_max_length":64,"truncation_side":"left"}""");
        var context = string.Join(' ', SmallWords(25));

        var windows = Read(TokenizerLoader.Load(folder), "what", context, new() { WindowTokens = 14, Stride = 2 });

        var right = Read(Tokenizer, "what", context, new() { WindowTokens = 14, Stride = 2 });
        Assert.Equal(Tokenizer.Encode("", context).Ids[^8..], windows[0].Ids[^8..]);
        Assert.Equal(right.Count, windows.Count);
        Assert.Equal(context.Length, windows[0].Encoding.Offsets[^2].End);
        Assert.Equal(0, windows[^1].Encoding.Offsets[windows[^1].Context.Start].Start);
    }

    private static HuggingFaceTokenizer Cutting(string path, string side)
    {
        using var folder = new TemporaryModels();
        File.Copy(Path.Combine(RepositoryPaths.Root, path, "tokenizer.json"), Path.Combine(folder.Path, "tokenizer.json"));
        folder.Write("tokenizer_config.json", $$"""{"truncation_side":"{{side}}"}""");
        return TokenizerLoader.Load(folder.Path);
    }

    private static IEnumerable<string> SmallWords(int count) => Enumerable.Range(0, count).Select(i => new[] { "rain", "sun", "river", "boat", "cat" }[i % 5]);

    private static int[] ContextIds(QuestionWindow window) => window.Ids[window.Context.Start..window.Context.End];

    private static List<QuestionWindow> Read(HuggingFaceTokenizer tokenizer, string question, string context, AnswerSettings settings, int maxTokens = 64)
        => new ContextReader(tokenizer, maxTokens, settings, int.MaxValue).Read([new("question", question, "context", context)]);
}

using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Shadows;
using Testing;

namespace ModelServer.Tests.Shadows;

public class EncoderShadowTests
{
    private static readonly TextInput Text = new("good");
    private static readonly float[] Row = [2, -2, -2];

    [Fact]
    public async Task Answered_BareName_IsAskedAgainAndCompared()
    {
        await using var model = new ShadowedModel();
        await model.BeginAsync();

        await model.AnswerAsync(Text, Row);
        await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);
        await Eventually.HoldsAsync(() => model.ShadowCounts.Shadow?.Compared == 1);
        await model.AnswerAsync(new TextInput("bad"), Row);
        await ShadowedModel.CompleteAsync(model.ShadowQueue, -2, 2, -2);
        await Eventually.HoldsAsync(() => model.ShadowCounts.Shadow?.Compared == 2);

        var counts = model.ShadowCounts;
        Assert.Equal((2L, 0L, 1L), (counts.Requests, counts.Errors, counts.Shadow!.Agreed));
        // Two of three labels differ by nearly 0.8.
        Assert.InRange(counts.Shadow.Distance, 0.4, 0.6);
        Assert.Equal(2, counts.Latency.Sum());
        Assert.Equal(2, model.Active.Counter.Read()!.Requests);
    }

    /// <summary>The engine of the shadow stands still.</summary>
    [Fact]
    public async Task Answered_ShadowIsStuck_DelaysNobodyAndDropsWhatIsTooMuch()
    {
        const int requests = 50, room = 4;
        await using var model = new ShadowedModel(new ShadowOptions { QueuedRequests = room });
        await model.BeginAsync();

        await model.AnswerAsync(Text, Row);
        await Eventually.HoldsAsync(() => model.ShadowQueue.Count == 1);
        for (var i = 1; i < requests; i++) await model.AnswerAsync(new TokenInput([5 + i]), Row);

        Assert.Equal(requests, model.Active.Counter.Read()!.Requests);
        Assert.Equal(1, model.ShadowQueue.Count);
        Assert.Equal(requests - 1 - room, model.Counted("model.shadow.requests", "2", "dropped"));
        Assert.Equal(0, model.ShadowCounts.Requests);
    }

    [Fact]
    public async Task End_OfTheTrial_CancelsWhatRunsAndAsksNothingMore()
    {
        await using var model = new ShadowedModel();
        await model.BeginAsync();
        await model.AnswerAsync(Text, Row);
        await Eventually.HoldsAsync(() => model.ShadowQueue.Count == 1);

        model.End();
        await Eventually.HoldsAsync(() => model.ShadowQueue.Count == 0 && model.Shadow.Leases == 0);
        await model.AnswerAsync(new TextInput("bad"), Row);

        Assert.Equal(0, model.ShadowQueue.Count);
        Assert.Equal(0, model.Shadow.Counter.Read()?.Errors ?? 0);
    }

    [Fact]
    public async Task Answered_ShadowFails_IsItsErrorAlone()
    {
        await using var model = new ShadowedModel();
        await model.BeginAsync();
        await model.AnswerAsync(Text, Row);
        await Eventually.HoldsAsync(() => model.ShadowQueue.Count == 1);

        using (var batch = model.ShadowQueue.Take()!)
            foreach (var sequence in batch.Sequences) sequence.Fail(new InferenceFailedException(new InvalidOperationException()));
        await Eventually.HoldsAsync(() => model.ShadowCounts.Errors == 1);

        Assert.Equal((1L, 0L), (model.ShadowCounts.Requests, model.Active.Counter.Read()!.Errors));
        await Eventually.HoldsAsync(() => model.Counted("model.shadow.requests", "2", "error") == 1);
    }

    [Fact]
    public async Task Answered_InShadow_IsNeitherBilledNorCountedAsARequestNorCached()
    {
        await using var model = new ShadowedModel();
        await model.BeginAsync();
        var caller = new Caller(new(), new("c"), CachePolicy.Default);
        var running = model.AskAsync(Text, caller: caller);
        await ShadowedModel.CompleteAsync(model.Queue, Row);
        var tokens = (await running).Tokens;
        await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);
        await Eventually.HoldsAsync(() => model.ShadowCounts.Shadow?.Compared == 1);

        Assert.Equal(tokens, caller.Usage.Total().PromptTokens);
        Assert.Equal((1, 0), (model.Counted("model.requests", "1", "ok"), model.Counted("model.requests", "2", "ok")));
        // Nothing of it is remembered for those who ask for the version.
        var asked = model.AskAsync(Text, "tiny:2");
        Assert.Equal(1, model.ShadowQueue.Count);
        await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);
        Assert.Equal("2", (await asked).Version.Version);
    }

    [Fact]
    public async Task Answered_VersionAskedForByNumber_IsNotAskedAgain()
    {
        await using var model = new ShadowedModel();
        await model.BeginAsync();
        foreach (var (reference, queue) in new[] { ("tiny:1", model.Queue), ("tiny:2", model.ShadowQueue) })
        {
            var running = model.AskAsync(Text, reference);
            await ShadowedModel.CompleteAsync(queue, Row);
            await running;
        }

        // The next one is, and is the only one.
        await model.AnswerAsync(new TextInput("bad"), Row);
        await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);
        await Eventually.HoldsAsync(() => model.ShadowCounts.Shadow?.Compared == 1);

        Assert.Equal(2, model.ShadowCounts.Requests);
    }

    [Theory]
    [InlineData(true, "skipped")]
    [InlineData(false, "agreed")]
    public async Task Answered_TokenIds_AreReusedWhereTheyMeanTheSame(bool isOtherVocabulary, string outcome)
    {
        await using var model = new ShadowedModel(adapt: isOtherVocabulary ? RenameToken : null);
        await model.BeginAsync();
        await model.AnswerAsync(new TokenInput([5, 6]), Row);
        if (!isOtherVocabulary) await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);

        await Eventually.HoldsAsync(() => model.Counted("model.shadow.requests", "2", outcome) == 1);
    }

    [Fact]
    public async Task Answered_ServerIsBusy_Drops()
    {
        await using var model = new ShadowedModel(new ShadowOptions { MaxWaiting = 0 });
        await model.BeginAsync();
        var first = model.AskAsync(Text);
        using var batch = model.Queue.Take()!;
        var waiting = model.AskAsync(new TextInput("bad"));
        foreach (var sequence in batch.Sequences) sequence.Complete(Row, 0);
        await first;

        await Eventually.HoldsAsync(() => model.Counted("model.shadow.requests", "2", "dropped") == 1);
        await ShadowedModel.CompleteAsync(model.Queue, Row);
        await waiting;
        await ShadowedModel.CompleteAsync(model.ShadowQueue, Row);
        await Eventually.HoldsAsync(() => model.ShadowCounts.Shadow?.Compared == 1);
    }

    private static void RenameToken(string folder)
    {
        var tokenizer = Path.Combine(folder, "tokenizer.json");
        var text = File.ReadAllText(tokenizer);
        var changed = text.Replace("\"good\"", "\"fine\"", StringComparison.Ordinal);
        Assert.NotEqual(text, changed);
        File.WriteAllText(tokenizer, changed);
    }
}

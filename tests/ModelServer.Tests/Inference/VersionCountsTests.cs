using ModelServer.Admission;
using ModelServer.Classify;
using ModelServer.Requests;
using ModelServer.Runtime;
using ModelServer.Tests.Shadows;
using ServiceDefaults.Errors;
using Testing;

namespace ModelServer.Tests.Inference;

/// <summary>What of a version's requests is counted as its own doing.</summary>
public sealed class VersionCountsTests : IAsyncDisposable
{
    private static readonly TextInput Text = new("good");
    private readonly ShadowedModel _model = new();

    public ValueTask DisposeAsync() => _model.DisposeAsync();

    [Fact]
    public async Task Answers_FromEngineAndCache_AreRequestsAndTheEnginesHaveATime()
    {
        await _model.AnswerAsync(Text, 1, 2, 3);
        await _model.AskAsync(Text);

        Assert.Equal((2L, 0L, 1L), Counts());
    }

    [Fact]
    public async Task EngineFailure_IsAnError()
    {
        var running = _model.AskAsync(Text);
        using (var batch = _model.Queue.Take()!)
            foreach (var sequence in batch.Sequences) sequence.Fail(new InferenceFailedException(new InvalidOperationException()));
        await Assert.ThrowsAsync<InferenceFailedException>(() => running.WaitAsync(Eventually.Limit));

        Assert.Equal((1L, 1L, 0L), Counts());
    }

    [Fact]
    public async Task WrongRefusedAndLeftRequests_AreNotCounted()
    {
        await Assert.ThrowsAsync<InvalidFieldException>(() => _model.AskAsync(new TokenInput([int.MaxValue])));
        using (var full = ((ClassificationModel)_model.Active.Loaded!).Engine.Admission.Enter(100, 1))
            await Assert.ThrowsAsync<OverloadedException>(() => _model.AskAsync(Text));
        using var left = new CancellationTokenSource();
        var running = _model.AskAsync(Text, cancellationToken: left.Token);
        await left.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Eventually.Limit));

        Assert.Null(_model.Active.Counter.Read());
    }

    private (long Requests, long Errors, long Timed) Counts() => _model.Active.Counter.Read() is { } c ? (c.Requests, c.Errors, c.Latency.Sum()) : default;
}

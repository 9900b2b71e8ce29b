using ModelServer.Admission;
using ModelServer.Decoders;
using ModelServer.Runtime;
using ModelServer.Sampling;
using ModelServer.Scheduling;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Decoders;

public class DecoderTests
{
    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    [InlineData("tiny-decoder-half")]
    [InlineData("tiny-decoder-q4")]
    [InlineData("tiny-decoder-nb8")]
    public async Task Start_OneAfterTheOther_GivesTheReferenceContinuations(string name)
    {
        using var decoder = TinyDecoder.Load(name);
        foreach (var (prompt, expected) in TinyDecoder.Expected(name))
        {
            var tokens = await TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, expected.Length)));

            Assert.Equal(expected, tokens.Select(t => t.Token!.Value.Id));
            Assert.Equal(FinishReason.Length, tokens[^1].Finish);
            Assert.All(tokens.SkipLast(1), t => Assert.Null(t.Finish));
        }
    }

    [Theory]
    [InlineData("tiny-decoder", 1)]
    [InlineData("tiny-decoder", 5)]
    [InlineData("tiny-decoder", 16)]
    [InlineData("tiny-decoder-shared", 1)]
    [InlineData("tiny-decoder-shared", 5)]
    [InlineData("tiny-decoder-shared", 16)]
    [InlineData("tiny-decoder-half", 16)]
    [InlineData("tiny-decoder-q4", 16)]
    [InlineData("tiny-decoder-nb8", 16)]
    public async Task Start_ManyThatComeAndGo_GivesEachItsOwnContinuationAndEveryRowBack(string name, int rows)
    {
        using var decoder = TinyDecoder.Load(name, new DecoderOptions { Rows = rows, PrefillTokens = 8 });
        var expected = TinyDecoder.Expected(name);
        var cancelled = 0;
        await Task.WhenAll(Enumerable.Range(0, 2 * rows).Select(client => Task.Run(() => CallAsync(client))));
        await decoder.IdleAsync();

        Assert.InRange(decoder.Total("generation.wasted_tokens"), 0, cancelled);

        async Task CallAsync(int client)
        {
            var random = new Random(client);
            for (var i = 0; i < 12; i++)
            {
                var (prompt, ids) = expected[random.Next(expected.Length)];
                var wanted = random.Next(1, ids.Length + 1);
                var generation = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, wanted, $"client {client % 3}"));
                if (random.Next(3) > 0)
                {
                    Assert.Equal(ids[..wanted], await TinyDecoder.IdsAsync(generation));
                    continue;
                }

                var seen = await ReadAndCancelAsync(generation, random.Next(wanted));
                Interlocked.Increment(ref cancelled);
                Assert.Equal(ids[..seen.Count], seen);
            }
        }
    }

    [Fact]
    public async Task Cancel_RunningSequence_LeavesItsRowToTheNext()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared", new DecoderOptions { Rows = 1 });
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder-shared")[1];
        for (var i = 0; i < 50; i++)
        {
            var first = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, ids.Length));
            var second = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 3));
            await first.Tokens.ReadAsync();
            first.Cancel();
            first.Cancel();

            Assert.Equal(ids[..3], await TinyDecoder.IdsAsync(second));
        }

        await decoder.IdleAsync();
        // The step that runs while a sequence is given up: for a new one its first token and one more.
        Assert.InRange(decoder.Total("generation.wasted_tokens"), 0, 2 * 50);
    }

    [Fact]
    public async Task Cancel_WaitingSequence_IsNeverRun()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared", new DecoderOptions { Rows = 1 });
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder-shared")[0];
        var running = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, ids.Length));
        var waiting = decoder.Decoder.Start([.. Enumerable.Range(0, 20).Select(_ => TinyDecoder.Greedy(prompt, 1))]);
        // Backwards, so that what is taken in meanwhile is never one of those given up already.
        foreach (var generation in waiting.Reverse()) generation.Cancel();
        var started = waiting.Count(g => g.StartedAt != 0);

        Assert.Equal(ids, await TinyDecoder.IdsAsync(running));
        await decoder.IdleAsync();
        Assert.InRange(decoder.Total("generation.prompt_tokens"), 1, 1 + waiting.Count(g => g.StartedAt != 0));
        Assert.InRange(waiting.Count(g => g.StartedAt != 0), started, started + 1);
    }

    [Fact]
    public async Task Start_MoreThanTheQueueTakes_IsRefusedAllOrNone()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder", new DecoderOptions { Rows = 1, QueuedSequences = 3 });
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder")[0];
        DecoderRequest[] Requests(int count) => [.. Enumerable.Range(0, count).Select(_ => TinyDecoder.Greedy(prompt, 2))];

        Assert.Throws<OverloadedException>(() => decoder.Decoder.Start(Requests(5)));
        var accepted = decoder.Decoder.Start(Requests(4));

        foreach (var generation in accepted) Assert.Equal(ids[..2], await TinyDecoder.IdsAsync(generation));
        await decoder.IdleAsync();
        await TinyDecoder.IdsAsync(decoder.Decoder.Start(Requests(4))[3]);
    }

    [Fact]
    public void Start_WhatTheModelCannotTake_IsRefused()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder");
        var generator = decoder.Decoder;

        Assert.Contains("64 tokens", Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([1, 2], 63))).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([1], int.MaxValue)));
        Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([], 1)));
        Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([-1], 1)));
        Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([generator.VocabularySize], 1)));
        var bias = new SamplingOptions { LogitBias = new Dictionary<int, float> { [generator.VocabularySize] = 1 } };
        Assert.Throws<InvalidFieldException>(() => generator.Start(TinyDecoder.Greedy([1], 1) with { Sampling = bias }));
    }

    [Fact]
    public async Task Metrics_OfAFewSequences_CountEachTokenOnce()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared", new DecoderOptions { Rows = 3 });
        var cases = TinyDecoder.Expected("tiny-decoder-shared");
        await Task.WhenAll(decoder.Decoder.Start([.. cases.Select(c => TinyDecoder.Greedy(c.Prompt, c.Ids.Length))]).Select(TinyDecoder.IdsAsync));
        await decoder.IdleAsync();

        Assert.Equal(cases.Sum(c => c.Ids.Length), decoder.Total("generation.tokens"));
        Assert.Equal(cases.Sum(c => c.Prompt.Length), decoder.Total("generation.prompt_tokens"));
        // Each sequence's first token comes from its prompt, every other from a step.
        Assert.Equal(cases.Sum(c => c.Ids.Length - 1), decoder.Total("generation.step.rows"));
        Assert.Equal(0, decoder.Total("generation.wasted_tokens"));
        Assert.Equal(0, decoder.Total("generation.active_rows"));
        Assert.Equal(cases.Length, decoder.Records("generation.queue.duration"));
        Assert.Equal(cases.Length, decoder.Records("gen_ai.server.time_to_first_token"));
        Assert.Equal(cases.Length, decoder.Records("gen_ai.server.time_per_output_token"));
    }

    [Fact]
    public async Task Start_EndToken_EndsTheSequenceAfterTheLeastThatWasAskedFor()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared");
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder-shared")[1];
        var end = ids[4];

        var stopped = await TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 40) with { EndTokens = [end] }));
        var longer = await TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy(prompt, 40) with { EndTokens = [end], MinTokens = 9 }));

        Assert.Equal(ids[..5], stopped.Select(t => t.Token!.Value.Id));
        Assert.Equal(FinishReason.Stop, stopped[^1].Finish);
        Assert.True(longer.Count > 9);
        Assert.DoesNotContain(end, longer.Take(9).Select(t => t.Token!.Value.Id));
    }

    [Fact]
    public async Task Start_SeededSequence_IsTheSameBesideOthers()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder");
        DecoderRequest Seeded(int client) => new([7, 8, 9], 50, new SamplingOptions { Seed = 5, Temperature = 0.9f }, new QueueLane($"{client}"));
        var alone = await TinyDecoder.IdsAsync(decoder.Decoder.Start(Seeded(0)));

        var others = decoder.Decoder.Start([.. Enumerable.Range(1, 15).Select(i => TinyDecoder.Greedy([i, i + 1], 3 + i))]);
        var beside = decoder.Decoder.Start([Seeded(1), Seeded(2)]);

        Assert.Equal(alone, await TinyDecoder.IdsAsync(beside[0]));
        Assert.Equal(alone, await TinyDecoder.IdsAsync(beside[1]));
        Assert.All(await Task.WhenAll(others.Select(TinyDecoder.IdsAsync)), ids => Assert.NotEmpty(ids));
    }

    [Fact]
    public async Task Dispose_WithWorkUnderWay_FailsItAsUnloading()
    {
        var decoder = TinyDecoder.Load("tiny-decoder", new DecoderOptions { Rows = 2 });
        var generations = decoder.Decoder.Start([.. Enumerable.Range(0, 250).Select(_ => TinyDecoder.Greedy([1], 60))]);
        await generations[0].Tokens.ReadAsync();

        decoder.Dispose();

        foreach (var generation in generations.Where(g => g.FinishedAt == 0)) await Assert.ThrowsAsync<ModelNotReadyException>(() => TinyDecoder.ReadAsync(generation));
        Assert.Equal(0, decoder.Decoder.PendingTokens);
        Assert.Equal(0, decoder.Total("generation.active_rows"));
        Assert.Throws<ModelNotReadyException>(() => decoder.Decoder.Start(TinyDecoder.Greedy([1], 1)));
    }

    [Fact]
    public async Task Dispose_FromSeveralThreadsWithCancelsBetween_FreesOnce()
    {
        for (var round = 0; round < 20; round++)
        {
            var decoder = TinyDecoder.Load("tiny-decoder-shared", new DecoderOptions { Rows = 4 });
            var generations = decoder.Decoder.Start([.. Enumerable.Range(0, 30).Select(_ => TinyDecoder.Greedy([1], 60))]);
            await generations[0].Tokens.ReadAsync();

            await Task.WhenAll([
                .. Enumerable.Range(0, 3).Select(_ => Task.Run(decoder.Decoder.Dispose)),
                .. generations.Select(g => Task.Run(g.Cancel)),
            ]);

            Assert.All(generations, g => Assert.True(g.Tokens.Completion.IsCompleted || g.Tokens.TryRead(out _)));
            Assert.Equal(0, decoder.Decoder.PendingTokens);
            Assert.False(decoder.Decoder.Failure.IsCompleted);
            decoder.Dispose();
        }
    }

    [Fact]
    public async Task Tokens_OfASequenceThatCannotBeSampled_FailAlone()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder-shared");
        var (prompt, ids) = TinyDecoder.Expected("tiny-decoder-shared")[0];
        var good = decoder.Decoder.Start(TinyDecoder.Greedy(prompt, ids.Length));
        var spoilt = TinyDecoder.Greedy(prompt, 5) with { Sampling = new SamplingOptions { LogitBias = new Dictionary<int, float> { [0] = float.NaN } } };

        await Assert.ThrowsAsync<InferenceFailedException>(() => TinyDecoder.ReadAsync(decoder.Decoder.Start(spoilt)));

        Assert.Equal(ids, await TinyDecoder.IdsAsync(good));
        await decoder.IdleAsync();
    }

    [Fact]
    public async Task Tokens_OfAFailedRun_FailAndTheNextSequencesRun()
    {
        using var decoder = TinyDecoder.LoadForm("fails-on-9");
        var bias = new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, float> { [9] = 1e6f } };

        await Assert.ThrowsAsync<InferenceFailedException>(() => TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy([9], 3))));
        await Assert.ThrowsAsync<InferenceFailedException>(() => TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy([1], 3) with { Sampling = bias })));
        var tokens = await TinyDecoder.ReadAsync(decoder.Decoder.Start(TinyDecoder.Greedy([1], 3)));

        Assert.Equal(3, tokens.Count);
        await decoder.IdleAsync();
    }

    private static async Task<List<int>> ReadAndCancelAsync(DecoderSequence generation, int after)
    {
        var seen = new List<int>();
        while (seen.Count < after) seen.Add((await generation.Tokens.ReadAsync()).Token!.Value.Id);
        generation.Cancel();
        while (generation.Tokens.TryRead(out var token)) seen.Add(token.Token!.Value.Id);
        return seen;
    }
}

using ModelServer.Admission;
using ModelServer.Decoders;
using ModelServer.Tests.OpenAI;
using System.Net;

namespace ModelServer.Tests.Decoders;

/// <summary>A full queue costs no tokenizing: room is found by upper bounds before.</summary>
public class DecoderPlacesTests
{
    [Fact]
    public void Admit_NoRoomForAll_TakesNone()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder", new DecoderOptions { Rows = 1, QueuedSequences = 2 });

        Assert.Throws<OverloadedException>(() => decoder.Decoder.Admit([10, 10, 10, 10]));

        Assert.Equal(0, decoder.Decoder.PendingTokens);
    }

    [Fact]
    public void Dispose_OfPlacesThatNoSequenceTook_GivesThemBack()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder");

        using (decoder.Decoder.Admit([10, 20])) Assert.Equal(30, decoder.Decoder.PendingTokens);

        Assert.Equal(0, decoder.Decoder.PendingTokens);
    }

    [Fact]
    public async Task Start_WithPlacesByABound_CountsWhatIsTrue()
    {
        using var decoder = TinyDecoder.Load("tiny-decoder");
        using var places = decoder.Decoder.Admit([60]);

        var sequence = decoder.Decoder.Start([TinyDecoder.Greedy([1, 2, 3], 4)], places)[0];

        Assert.InRange(decoder.Decoder.PendingTokens, 0, 7);
        await TinyDecoder.ReadAsync(sequence);
        await decoder.IdleAsync();
    }

    /// <summary>The prompt has more tokens than the window, which tokenizing would find: it was tokenized before the door was asked.</summary>
    [Fact]
    public async Task Post_FullQueue_IsToldBeforeThePromptIsTokenized()
    {
        using var held = new HeldModels(new Dictionary<string, string?> { ["Generate:QueuedSequences"] = "1" });
        var (running, _, _) = await held.BeginAsync();
        var waiting = held.SendAsync(60, stream: false, "tester");
        await Testing.Eventually.HoldsAsync(() => held.Waiting == 1);

        using var response = await held.Models.SendAsync(HeldModels.Route, new { prompt = string.Concat(Enumerable.Repeat("the ", 500)), max_tokens = 5 });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        running.Dispose();
        held.Time.Release();
        (await waiting.WaitAsync(Testing.Eventually.Limit)).Dispose();
    }
}

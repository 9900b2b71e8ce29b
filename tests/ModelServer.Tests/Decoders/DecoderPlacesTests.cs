using ModelServer.Admission;
using ModelServer.Decoders;

namespace ModelServer.Tests.Decoders;

/// <summary>Room for sequences that are not known in full yet.</summary>
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
}

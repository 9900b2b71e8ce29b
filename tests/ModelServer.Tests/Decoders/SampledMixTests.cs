using ModelServer.Decoders;
using ModelServer.Sampling;
using ModelServer.Scheduling;

namespace ModelServer.Tests.Decoders;

/// <summary>What a seed draws is the same alone and in any mix of sequences that come and go, in both layouts.</summary>
public class SampledMixTests
{
    private const int Kinds = 12;

    [Theory]
    [InlineData("tiny-decoder", 3)]
    [InlineData("tiny-decoder", 16)]
    [InlineData("tiny-decoder-shared", 3)]
    [InlineData("tiny-decoder-shared", 16)]
    [InlineData("tiny-decoder-q4", 16)]
    [InlineData("tiny-decoder-nb8", 16)]
    public async Task Start_SeededInAnyMix_DrawsWhatItDrawsAlone(string name, int rows)
    {
        using var decoder = TinyDecoder.Load(name, new DecoderOptions { Rows = rows, PrefillTokens = 8 });
        var alone = new List<int[]>();
        for (var kind = 0; kind < Kinds; kind++) alone.Add(await TinyDecoder.IdsAsync(decoder.Decoder.Start(Request(kind, client: 0))));
        Assert.Equal(Kinds, alone.Select(ids => string.Join(' ', ids)).Distinct().Count());

        await Task.WhenAll(Enumerable.Range(0, rows + 4).Select(client => Task.Run(() => CallAsync(client))));
        await decoder.IdleAsync();

        async Task CallAsync(int client)
        {
            var random = new Random(client);
            for (var i = 0; i < 8; i++)
            {
                var kind = random.Next(Kinds);
                var generation = decoder.Decoder.Start(Request(kind, client));
                if (random.Next(4) > 0)
                {
                    Assert.Equal(alone[kind], await TinyDecoder.IdsAsync(generation));
                    continue;
                }

                for (var left = random.Next(10); left > 0; left--) await generation.Tokens.ReadAsync();
                generation.Cancel();
            }
        }
    }

    private static DecoderRequest Request(int kind, int client) => new([.. Enumerable.Range(5, 1 + (kind * 2))], 12 + kind, Sampling(kind), new QueueLane($"client {client % 4}"));

    private static SamplingOptions Sampling(int kind) => new()
    {
        Seed = (ulong)kind,
        Temperature = 0.7f + (0.1f * kind),
        TopK = kind % 3 == 0 ? 40 : 0,
        TopP = kind % 4 == 1 ? 0.9f : 1,
        MinP = kind % 4 == 2 ? 0.02f : 0,
        RepetitionPenalty = kind % 2 == 0 ? 1.2f : 1,
        PresencePenalty = kind % 5 == 0 ? 0.5f : 0,
        FrequencyPenalty = kind % 5 == 1 ? 0.5f : 0,
    };
}

using Gateway.Usage;

namespace Gateway.Tests.Usage;

public sealed class PeekedBodyTests
{
    [Theory]
    [InlineData(0, 16)]
    [InlineData(15, 16)]
    [InlineData(16, 16)]
    [InlineData(17, 16)]
    [InlineData(100_000, 65_536)]
    [InlineData(10_000, 1_000_000)]
    public async Task Body_ReadAgain_IsWhatCame(int length, int limit)
    {
        var random = new Random(length);
        var sent = new byte[length];
        random.NextBytes(sent);
        await using var body = new PeekedBody(new Dribble(sent, random), limit);

        await body.FillAsync(random.Next(2) == 0 ? null : length, CancellationToken.None);
        var peeked = body.Beginning.ToArray();
        using var read = new MemoryStream();
        await body.CopyToAsync(read, 777);

        Assert.Equal(sent, read.ToArray());
        Assert.Equal(sent.AsSpan(0, peeked.Length).ToArray(), peeked);
        Assert.True(peeked.Length == length || peeked.Length >= limit);
    }

    /// <summary>Gives as few bytes at a time as it likes.</summary>
    private sealed class Dribble(byte[] content, Random random) : MemoryStream(content)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..random.Next(1, buffer.Length + 1)], cancellationToken);
    }
}

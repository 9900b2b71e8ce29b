using System.IO.Pipelines;
using Gateway.Bodies;

namespace Gateway.Tests.Bodies;

public sealed class ReplayBodyTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(4096)]
    public async Task Body_UpToTheLimit_IsReadTwiceAlike(int bytes)
    {
        var original = Random(bytes);
        await using var body = Replay(new MemoryStream(original));

        Assert.Equal(original, await ReadAsync(body));
        Assert.True(body.TryRewind());
        Assert.Equal(original, await ReadAsync(body));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(100_000)]
    public async Task Body_ReadAhead_ThenFlowsWhole(int bytes)
    {
        var original = Random(bytes);
        await using var body = Replay(new Dribble(original));

        await body.ReadAheadAsync(CancellationToken.None);
        var ahead = body.Buffered.ToArray();

        Assert.Equal(original.AsSpan(0, Math.Min(bytes, 4096)).ToArray(), ahead);
        Assert.Equal(bytes < 4096, body.IsWhole);
        Assert.Equal(original, await ReadAsync(body));
    }

    [Fact]
    public async Task Body_BeyondTheLimit_IsReadOnce()
    {
        var original = Random(4097);
        await using var body = Replay(new MemoryStream(original));

        Assert.Equal(original, await ReadAsync(body));
        Assert.False(body.TryRewind());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(999)]
    public async Task Body_ReadInPart_ContinuesAfterARewindWhereItsSourceStands(int first)
    {
        var original = Random(1000);
        await using var body = Replay(new MemoryStream(original));
        await body.ReadExactlyAsync(new byte[first]);

        Assert.True(body.TryRewind());
        Assert.Equal(original, await ReadAsync(body));
        Assert.True(body.TryRewind());
        Assert.Equal(original, await ReadAsync(body));
    }

    [Fact]
    public async Task Body_RewoundThenFoundTooLarge_IsStillCompleteThatTime()
    {
        var original = Random(6000);
        await using var body = Replay(new MemoryStream(original));
        await body.ReadExactlyAsync(new byte[100]);

        Assert.True(body.TryRewind());
        Assert.Equal(original, await ReadAsync(body));
        Assert.False(body.TryRewind());
    }

    [Fact]
    public async Task Read_GivenUp_IsTakenUpByTheNextReader()
    {
        var pipe = new Pipe();
        await using var body = new ReplayBody(pipe.Reader, 4096);
        await pipe.Writer.WriteAsync("one "u8.ToArray());
        await body.ReadExactlyAsync(new byte[4]);
        using var patience = new CancellationTokenSource();
        var waiting = body.ReadAtLeastAsync(new byte[10], 1, cancellationToken: patience.Token).AsTask();

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await body.ReadAtLeastAsync(new byte[10], 1, cancellationToken: patience.Token));
        Assert.Null(body.Failure);
        await pipe.Writer.WriteAsync("two"u8.ToArray());
        await pipe.Writer.CompleteAsync();
        Assert.True(body.TryRewind());
        Assert.Equal("one two"u8.ToArray(), await ReadAsync(body));
        Assert.True(body.IsWhole);
    }

    [Fact]
    public async Task Source_ThatBreaks_IsWhatFailed()
    {
        var pipe = new Pipe();
        await using var body = new ReplayBody(pipe.Reader, 4096);
        await pipe.Writer.CompleteAsync(new IOException("gone"));

        var thrown = await Assert.ThrowsAsync<IOException>(async () => await body.ReadAtLeastAsync(new byte[10], 1));

        Assert.Same(thrown, body.Failure);
    }

    private static ReplayBody Replay(Stream source) => new(PipeReader.Create(source), 4096);

    private static byte[] Random(int bytes)
    {
        var content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        return content;
    }

    private static async Task<byte[]> ReadAsync(Stream body)
    {
        using var copy = new MemoryStream();
        await body.CopyToAsync(copy, 300);
        return copy.ToArray();
    }

    /// <summary>Gives as few bytes at a time as it likes.</summary>
    private sealed class Dribble(byte[] content) : MemoryStream(content)
    {
        private readonly Random _random = new(content.Length);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(buffer.Length, _random.Next(1, 900))], cancellationToken);
    }
}

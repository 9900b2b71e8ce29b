using System.IO.Pipelines;
using System.Text;
using Gateway.Proxy;
using ServiceDefaults.BodyLimits;

namespace Gateway.Tests.Proxy;

public sealed class EventStreamTests
{
    private const string Broken = "data: {\"error\":{\"message\":\"The model server broke off.\"";
    private readonly Pipe _pipe = new();
    private readonly List<StreamEnd> _ends = [];
    private bool _isEnded;

    [Fact]
    public async Task Stream_ThatEndsWell_PassesAsItIs()
    {
        await using var stream = Open();
        await WriteAsync("data: 1\n\ndata: [DO");
        await WriteAsync("NE]\n\n");
        await _pipe.Writer.CompleteAsync();

        Assert.Equal("data: 1\n\ndata: [DONE]\n\n", await ReadToEndAsync(stream));
        Assert.Empty(_ends);
    }

    [Fact]
    public async Task Stream_ThatEndsWithoutABlankLine_LosesNothing()
    {
        await using var stream = Open();
        await WriteAsync("data: 1\n\ndata: 2");
        await _pipe.Writer.CompleteAsync();

        Assert.Equal("data: 1\n\ndata: 2", await ReadToEndAsync(stream));
    }

    [Theory]
    [InlineData("data: 1\n\n")]
    [InlineData("data: 1\r\n\r\n")]
    [InlineData("data: 1\r\r")]
    public async Task Event_ThatIsComplete_IsNotHeldBack(string text)
    {
        await using var stream = Open();
        await WriteAsync(text + "data: unfinished");
        var buffer = new byte[100];

        var read = await stream.ReadAsync(buffer);

        Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, read));
    }

    [Fact]
    public async Task Stream_ThatBreaksInsideAnEvent_EndsWithAnErrorInItsPlace()
    {
        await using var stream = Open(new BrokenStream("data: 1\n\ndata: {\"half"));

        var text = await ReadToEndAsync(stream);

        Assert.StartsWith("data: 1\n\n" + Broken, text, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        Assert.Equal([StreamEnd.Broken], _ends);
    }

    [Fact]
    public async Task Event_LargerThanTheBuffer_PassesInPartsAndIsClosedBeforeAnError()
    {
        await using var stream = Open(new BrokenStream("data: " + new string('x', 100_000)));

        var text = await ReadToEndAsync(stream);

        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        Assert.StartsWith("data: xxx", text, StringComparison.Ordinal);
        Assert.StartsWith(Broken, text[(end + 2)..], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, StreamEnd.Silent)]
    [InlineData(true, StreamEnd.DeadlinePassed)]
    public async Task Stream_ThatFallsSilentOrOutlivesTheDeadline_EndsWithAnError(bool deadline, object reason)
    {
        await using var stream = deadline ? Open(left: TimeSpan.FromMilliseconds(50)) : Open(idle: TimeSpan.FromMilliseconds(50));
        await WriteAsync("data: 1\n\n");

        var text = await ReadToEndAsync(stream);

        Assert.StartsWith("data: 1\n\ndata: {\"error\":", text, StringComparison.Ordinal);
        Assert.Contains("deadline_exceeded", text, StringComparison.Ordinal);
        Assert.Equal([(StreamEnd)reason], _ends);
    }

    [Fact]
    public async Task Client_ThatLeaves_IsNotToldOfAnError()
    {
        await using var stream = Open();
        using var client = new CancellationTokenSource();
        var read = stream.ReadAsync(new byte[10], client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);
        Assert.Empty(_ends);
    }

    [Fact]
    public async Task Events_CutAnywhere_ComeOutTheSame()
    {
        var random = new Random(5);
        var text = string.Concat(Enumerable.Range(0, 300).Select(i => $"data: {new string((char)('a' + (i % 26)), random.Next(400))}\n\n"));
        await using var stream = Open();
        var writing = Task.Run(async () =>
        {
            for (int at = 0, length; at < text.Length; at += length)
            {
                length = Math.Min(random.Next(1, 3000), text.Length - at);
                await WriteAsync(text.Substring(at, length));
            }

            await _pipe.Writer.CompleteAsync();
        });

        Assert.Equal(text, await ReadToEndAsync(stream));
        Assert.True(_isEnded);
        await writing;
    }

    private EventStream Open(Stream? inner = null, TimeSpan? idle = null, TimeSpan? left = null)
        => new(inner ?? _pipe.Reader.AsStream(), "/v1/completions", idle ?? TimeSpan.FromMinutes(5), left ?? Timeout.InfiniteTimeSpan, TimeProvider.System, () => _isEnded = true, _ends.Add);

    private async Task WriteAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private static async Task<string> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return Encoding.UTF8.GetString(all.ToArray());
    }

    /// <summary>Gives a text and then fails.</summary>
    private sealed class BrokenStream(string text) : ReadOnlyStream
    {
        private readonly MemoryStream _text = new(Encoding.UTF8.GetBytes(text));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => await _text.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new IOException("gone");
    }
}

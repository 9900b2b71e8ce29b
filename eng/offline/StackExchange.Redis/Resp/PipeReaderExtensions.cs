using System.IO.Pipelines;

namespace StackExchange.Redis;

internal static class PipeReaderExtensions
{
    /// <summary>Waits for the next whole reply.</summary>
    public static async ValueTask<RespReply> ReadReplyAsync(this PipeReader input, CancellationToken cancellation)
    {
        var needed = 1L;
        while (true)
        {
            var read = await input.ReadAtLeastAsync((int)Math.Min(needed, int.MaxValue), cancellation).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (RespParser.TryMeasure(buffer, out needed))
            {
                var reply = RespParser.Read(buffer.Slice(0, needed));
                input.AdvanceTo(buffer.GetPosition(needed));
                return reply;
            }

            if (read.IsCompleted) throw new EndOfStreamException("The server closed the connection");
            input.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}

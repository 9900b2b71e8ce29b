namespace AppHost.Tests.Clients;

/// <summary>What is done to a client's stream.</summary>
internal static class StreamReading
{
    /// <summary>Cancels after the third part: the stream must end there, with the client's word for it.</summary>
    public static async Task LeaveAsync<T>(IAsyncEnumerable<T> stream, CancellationTokenSource leaving)
    {
        var parts = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in stream)
                if (++parts == 3) await leaving.CancelAsync();
        });
        Assert.True(parts >= 3, $"{parts} parts were read.");
    }
}

using ModelServer.OpenAI;
using Testing;

namespace ModelServer.Tests.OpenAI;

public class StreamHeartbeatTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>Who left in the moment in which a wait was renewed cancelled one that was disposed: an exception on whatever thread told of it.</summary>
    [Fact]
    public async Task Start_InTheMomentInWhichTheCallerLeaves_NeverThrows()
    {
        for (var i = 0; i < 3_000; i++)
        {
            var time = new ManualTimeProvider();
            using var caller = new CancellationTokenSource();
            using var heartbeat = new StreamHeartbeat(Interval, time, caller.Token);
            heartbeat.Start();
            time.Advance(Interval);
            Assert.True(heartbeat.IsDue);
            using var both = new Barrier(2);
            var leaving = Task.Factory.StartNew(
                () =>
                {
                    both.SignalAndWait();
                    caller.Cancel();
                },
                TaskCreationOptions.LongRunning);

            both.SignalAndWait();
            var wait = heartbeat.Start();

            await leaving.WaitAsync(Eventually.Limit);
            Assert.True(wait.IsCancellationRequested);
            Assert.False(heartbeat.IsDue);
        }
    }
}

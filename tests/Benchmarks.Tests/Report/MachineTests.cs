using Benchmarks.Report;

namespace Benchmarks.Tests.Report;

public sealed class MachineTests
{
    [Theory]
    [InlineData("cpu  100 0 50 1000 0 0 0 0 30 0", "cpu  150 0 60 1040 0 0 0 0 90 0", 0.6)]
    [InlineData("cpu  100 0 50 1000 10 0 0 0 0 0", "cpu  100 0 50 1050 60 0 0 0 0 0", 0)]
    [InlineData("cpu  100 0 50 1000 0 0 0 0 0 0", "cpu  100 0 50 1000 0 0 0 0 0 0", 0)]
    public void BusyShare_BetweenTwoReadings_LeavesOutIdleAndDisk(string before, string after, double expected)
        => Assert.Equal(expected, ProcessorTime.BusyShare(before, after), 6);

    [Theory]
    [InlineData("The server ended: /home/x/artifacts/logs/node-1.log\n   at more", "The server ended: node-1.log")]
    [InlineData("open '/home/a b/q8.gguf'", "open 'a b/q8.gguf'")]
    [InlineData("http://127.0.0.1:80/ready did not become ready", "http://127.0.0.1:80/ready did not become ready")]
    public void Failure_OfAnyMessage_HasOneLineWithoutFolders(string message, string expected)
        => Assert.Equal(expected, Failure.Of("node", "tiny", new InvalidOperationException(message)).Reason);
}

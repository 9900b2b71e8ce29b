using System.Text;
using ModelServer.Runtime;
using ModelServer.Tests.Encoders;
using Testing;

namespace ModelServer.Tests.Runtime;

public sealed class SharedCoresTests
{
    [Theory]
    [InlineData("0.20 0.18 0.12 1/80 11206\n", 1)]
    [InlineData("12.00 8.10 3.33 64/9812 1\n", 64)]
    [InlineData("0.20 0.18", int.MaxValue)]
    [InlineData("", int.MaxValue)]
    public void Runnable_LinesOfTheSystem_IsTheirFourthField(string line, int expected) => Assert.Equal(expected, SharedCores.Runnable(Encoding.ASCII.GetBytes(line)));

    [Fact]
    public void Of_AReplicaWithAllCores_IsNothing()
        => Assert.Equal([null, null], new[] { 0, Environment.ProcessorCount }.Select(cores => SharedCores.Of(new InferenceOptions { Cores = cores })));

    [NeedsFact(Need.TwoCores)]
    public void LoneSession_WhileEveryCoreOfTheMachineIsTaken_IsNotFree()
    {
        using var session = LoneParts.Open(LoneParts.Sharing);
        session.Lone!.IsOpen = true;
        using var end = new CancellationTokenSource();
        var busy = Enumerable.Range(0, Environment.ProcessorCount + 1).Select(_ => new Thread(() => Spin(end.Token))).ToArray();
        Array.ForEach(busy, thread => thread.Start());
        try
        {
            Assert.True(SpinWait.SpinUntil(() => !session.Lone.IsFree, TimeSpan.FromMinutes(1)));
        }
        finally
        {
            end.Cancel();
            Array.ForEach(busy, thread => thread.Join());
        }
    }

    private static void Spin(CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
        }
    }
}

using Microsoft.ML.OnnxRuntime;
using ModelServer.Encoders;
using ModelServer.Tests.Encoders;

namespace ModelServer.Tests.Runtime;

/// <summary>Against the engine itself, where to terminate a run whose options are freed ends the process: these tests pass by the process living on.</summary>
public class RunLeaseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Fact]
    public void Terminate_AfterTheRunEnded_DoesNothing()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        var batch = TinyEncoder.Batch(5);
        session.Run(batch, buffers);
        batch.Dispose();

        batch.Leave();
        batch.Run.Terminate();
        batch.Dispose();

        Assert.False(batch.Run.IsTerminated);
    }

    [Fact]
    public void Terminate_BeforeTheRun_FailsIt()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        using var batch = TinyEncoder.Batch(5);

        batch.Leave();

        Assert.True(batch.Run.IsTerminated);
        Assert.Throws<OnnxRuntimeException>(() => session.Run(batch, buffers));
    }

    [Fact]
    public void Run_AfterTheEnd_IsRefused()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        var batch = TinyEncoder.Batch(5);
        batch.Dispose();

        Assert.Throws<ObjectDisposedException>(() => session.Run(batch, buffers));
    }

    [Fact]
    public async Task Terminate_OneBatch_LeavesTheNextAlone()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        for (var i = 0; i < 200; i++)
        {
            var first = TinyEncoder.Batch(40, 40);
            var late = Task.Run(first.Run.Terminate);
            Record.Exception(() => session.Run(first, buffers));
            first.Dispose();
            using var next = TinyEncoder.Batch(7);

            Assert.Single(session.Run(next, buffers));
            await late.WaitAsync(Patience);
        }
    }

    [Theory]
    [InlineData(5_000)]
    public void Terminate_AgainstTheEndOfTheRun_NeverHarms(int rounds)
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        Batch? current = null;
        var over = false;
        var leaver = new Thread(() =>
        {
            while (!Volatile.Read(ref over)) Volatile.Read(ref current)?.Run.Terminate();
        });
        leaver.Start();
        var terminated = 0;
        for (var i = 0; i < rounds; i++)
        {
            var batch = TinyEncoder.Batch(1 + (i % 40));
            Volatile.Write(ref current, batch);
            if (Record.Exception(() => session.Run(batch, buffers)) is not null) terminated++;
            batch.Dispose();
        }

        Volatile.Write(ref over, true);
        Assert.True(leaver.Join(Patience));
        Assert.InRange(terminated, 1, rounds);
    }
}

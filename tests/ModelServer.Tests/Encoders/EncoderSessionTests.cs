using ModelServer.Encoders;
using ModelServer.ModelFiles;

namespace ModelServer.Tests.Encoders;

public class EncoderSessionTests
{
    [Theory]
    [InlineData("tiny-multilabel", "logits", 2)]
    [InlineData("tiny-embedding", "last_hidden_state", 3)]
    [InlineData("tiny-embedding-half", "last_hidden_state", 3)]
    [InlineData("tiny-answer", "start_logits", 2)]
    public void TryRunBound_ShapesSeenBefore_AllocatesNothing(string name, string output, int ranks)
    {
        using var session = TinyEncoder.Open(name, Outputs(name, output, ranks));
        using var buffers = session.CreateBuffers();
        using var first = TinyEncoder.Batch(9);
        session.Run(first, buffers);
        Batch[] batches = [TinyEncoder.Batch(9), TinyEncoder.Batch(3, 12, 5), TinyEncoder.Batch(30, 30)];
        for (var round = 0; round < 3; round++) Assert.True(RunAll());
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++) RunAll();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        foreach (var batch in batches) batch.Dispose();

        bool RunAll()
        {
            var bound = true;
            foreach (var batch in batches) bound &= session.TryRunBound(batch, buffers, out _);
            return bound;
        }
    }

    [Theory]
    [InlineData("tiny-multilabel", "logits", 2)]
    [InlineData("tiny-embedding", "last_hidden_state", 3)]
    [InlineData("tiny-embedding-half", "last_hidden_state", 3)]
    [InlineData("tiny-answer", "start_logits", 2)]
    public void Run_AnyShapesInAnyOrder_GivesEachRowWhatItHasAlone(string name, string output, int ranks)
    {
        var random = new Random(5);
        using var session = TinyEncoder.Open(name, Outputs(name, output, ranks));
        using var buffers = session.CreateBuffers();
        var alone = new Dictionary<(int, int), float[]>();
        // Buffers grow on the way, and there are more shapes than are kept.
        for (var round = 0; round < 600; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 9)).Select(_ => random.Next(1, 60)).ToArray();
            using var batch = TinyEncoder.Batch(lengths);
            var rows = session.Run(batch, buffers);
            for (var row = 0; row < rows.Length; row++)
            {
                if (!alone.TryGetValue((row, lengths[row]), out var expected)) alone[(row, lengths[row])] = expected = Alone(name, output, ranks, batch.Sequences[row]);
                JsonReading.AssertClose(expected, rows[row], 2e-3);
            }
        }
    }

    [Fact]
    public void Run_AfterAFailedRun_GivesWhatItGaveBefore()
    {
        using var session = TinyEncoder.Classifier();
        using var buffers = session.CreateBuffers();
        using var good = TinyEncoder.Batch(1);
        var before = session.Run(good, buffers)[0];
        using var spoilt = new Batch([TinyEncoder.Spoilt()], BatchClosed.Drained);

        Assert.ThrowsAny<Exception>(() => session.Run(spoilt, buffers));

        Assert.Equal(before, session.Run(good, buffers)[0]);
    }

    [Fact]
    public void Run_TwoOutputs_GivesOneBehindTheOther()
    {
        using var both = TinyEncoder.Open("tiny-answer", Outputs("tiny-answer", "start_logits", 2));
        using var start = TinyEncoder.Open("tiny-answer", OutputChoice.NumberPerToken("start_logits"));
        using var end = TinyEncoder.Open("tiny-answer", OutputChoice.NumberPerToken("end_logits"));
        using var batch = TinyEncoder.Batch(9, 4, 17);

        var (expectedStarts, expectedEnds) = (Twice(start), Twice(end));

        foreach (var (rows, starts, ends) in Twice(both).Zip(expectedStarts, expectedEnds))
            for (var i = 0; i < rows.Length; i++) Assert.Equal([.. starts[i], .. ends[i]], rows[i]);
        Assert.Equal([18, 8, 34], Twice(both)[0].Select(r => r.Length));

        // The second run is bound.
        float[][][] Twice(EncoderSession session)
        {
            using var buffers = session.CreateBuffers();
            return [session.Run(batch, buffers), session.Run(batch, buffers)];
        }
    }

    [Theory]
    [InlineData("tiny-multilabel")]
    [InlineData("tiny-embedding")]
    public void Session_NoOutputOfTheName_IsRefusedRatherThanAnotherTaken(string name)
    {
        var refused = Assert.Throws<ModelLoadException>(() => TinyEncoder.Open(name, OutputChoice.NumberPerToken("end_logits")));

        Assert.Equal("The graph has no output 'end_logits' of 2 dimensions.", refused.Message);
    }

    [Fact]
    public void Run_OutputWithoutANumberForEachToken_Fails()
    {
        using var session = TinyEncoder.Open("tiny-multilabel", OutputChoice.NumberPerToken("logits"));
        using var buffers = session.CreateBuffers();
        using var batch = TinyEncoder.Batch(9);

        Assert.Throws<InvalidOperationException>(() => session.Run(batch, buffers));
    }

    private static OutputChoice[] Outputs(string name, string output, int ranks)
        => name == "tiny-answer" ? [OutputChoice.NumberPerToken("start_logits"), OutputChoice.NumberPerToken("end_logits")] : [new OutputChoice([output], ranks)];

    /// <summary>Not bound: a session's first run never is.</summary>
    private static float[] Alone(string name, string output, int ranks, EncoderSequence sequence)
    {
        using var session = TinyEncoder.Open(name, Outputs(name, output, ranks));
        using var buffers = session.CreateBuffers();
        using var batch = new Batch([sequence], BatchClosed.Drained);
        return session.Run(batch, buffers)[0];
    }
}

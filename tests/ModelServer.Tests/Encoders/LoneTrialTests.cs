using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using Testing;

namespace ModelServer.Tests.Encoders;

public class LoneTrialTests
{
    private static readonly string Small = Path.Combine(SmallModels.Folder("tiny-multilabel"), "model.onnx");
    private static readonly string Half = Path.Combine(SmallModels.Folder("tiny-embedding-half"), "model.onnx");

    [Fact]
    public void Open_ThreadsThatAreSet_HasASessionForRunsThatAreAlone()
    {
        using var session = LoneParts.Open(LoneParts.TwoThreads);

        Assert.Equal((2, false), (session.Lone!.Threads, session.Lone.IsOpen));
        Assert.NotNull(session.Weights);
    }

    [NeedsFact(Need.TwoCores)]
    public void Open_NothingSet_HasOneForSmallGraphsToo()
    {
        using var session = LoneParts.Open(LoneParts.Device(null));

        Assert.Equal(Math.Min(8, Environment.ProcessorCount), session.Lone!.Threads);
    }

    [Fact]
    public void Open_OneThread_HasNone()
    {
        using var session = LoneParts.Open(LoneParts.OneThread);

        Assert.True(session is { Lone: null, Weights: null });
    }

    [Fact]
    public void Open_AnswersThatDiffer_HasNone()
    {
        using var session = LoneParts.Open(LoneParts.TwoThreads, open: (weights, isLone) => isLone
            ? LoneParts.Session(LoneParts.TwoThreads, Small, null, isLone: true)
            : LoneParts.Session(LoneParts.TwoThreads, LoneParts.Sentiment, weights, isLone: false));

        Assert.Null(session.Lone);
        Assert.NotNull(Answer(session));
    }

    [Fact]
    public void Open_NoMemoryForASecondSession_HasNone()
    {
        using var session = LoneParts.Open(LoneParts.TwoThreads, memory: new LoadMemory(1 << 20, () => 0));

        Assert.True(session is { Lone: null, Weights: null });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_WeightsThatCannotBeShared_OpensItAsEver(bool isHalf)
    {
        using var session = LoneParts.Open(LoneParts.TwoThreads, isHalf ? Half : Small);

        Assert.True(session is { Lone: null, Weights: null });
        Assert.NotNull(Answer(session));
    }

    [Fact]
    public void Open_GraphThatIsNone_SaysSo()
    {
        var broken = Path.GetTempFileName();
        File.WriteAllText(broken, "no graph");

        Assert.Throws<ModelLoadException>(() => LoneParts.Open(LoneParts.TwoThreads, broken));
        File.Delete(broken);
    }

    private static float[] Answer(EncoderSession session)
    {
        using var buffers = session.CreateBuffers();
        using var batch = TinyEncoder.Batch(9);
        return session.Run(batch, buffers)[0];
    }
}

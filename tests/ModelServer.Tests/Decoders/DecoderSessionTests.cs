using Microsoft.ML.OnnxRuntime;
using ModelServer.Decoders;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

public class DecoderSessionTests
{
    private const int Rows = 8;

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    public void Run_RowsOfDifferentLengths_HaveTheSameLogitsAsAlone(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, Rows, TinyDecoder.Window, chunk: 32);
        var alone = new List<float[]>();
        for (var row = 0; row < Rows; row++)
        {
            session.Read(0, 0, Prompt(row));
            session.Decode([Prompt(row).Length], [row]);
            alone.Add(session.Logits(0).ToArray());
        }

        for (var row = 0; row < Rows; row++) session.Read(row, 0, Prompt(row));
        session.Decode([.. Enumerable.Range(0, Rows).Select(row => Prompt(row).Length)], [.. Enumerable.Range(0, Rows)]);

        for (var row = 0; row < Rows; row++) JsonReading.AssertClose(alone[row], session.Logits(row).ToArray(), 1e-4);
    }

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    [InlineData("tiny-decoder-half")]
    public void Run_ShapesSeenBefore_AllocateNothing(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, Rows, TinyDecoder.Window, chunk: 32);
        var tokens = Enumerable.Range(0, Rows).ToArray();
        for (var round = 0; round < 3; round++) Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Play()
        {
            session.Read(0, 0, tokens);
            for (var rows = 1; rows <= Rows; rows++)
            {
                session.Decode(tokens.AsSpan(0, rows), tokens.AsSpan(0, rows));
                session.Logits(rows - 1);
            }

            session.Copy(Rows - 1, 0, Rows);
        }
    }

    [Theory]
    [InlineData("tiny-decoder", 3, 40, 20)]
    [InlineData("tiny-decoder", 1, 40, 40)]
    [InlineData("tiny-decoder-shared", 3, 40, 20)]
    [InlineData("tiny-decoder-half", 2, 64, 32)]
    public void CacheBytesOf_ASession_IsWhatItTakes(string name, int rows, int window, int chunk)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, rows, window, chunk);

        Assert.Equal(session.CacheBytes, DecoderSession.CacheBytesOf(model.Graph, rows, window, chunk));
    }

    [Fact]
    public void Terminate_BeforeAndAfterDispose_FailsRunsAndThenDoesNothing()
    {
        using var model = Open("tiny-decoder-shared");
        var session = new DecoderSession(model, Rows, TinyDecoder.Window, chunk: 32);
        session.Terminate();
        Assert.Throws<OnnxRuntimeException>(() => session.Read(0, 0, [1, 2]));

        session.Dispose();
        session.Terminate();
        session.Dispose();
    }

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    public void Run_MoreShapesThanAreKept_GivesTheSameLogits(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, 16, TinyDecoder.Window, chunk: 40);
        var expected = new Dictionary<int, float[]>();
        for (var round = 0; round < 2; round++)
        {
            for (var row = 0; row < 16; row++)
            {
                for (var length = 1; length <= 40; length += 2)
                {
                    var logits = session.Read(row, 0, [.. Enumerable.Range(0, length).Select(i => 5 + (i * 11 % 80))]).ToArray();
                    if (!expected.TryAdd(length, logits)) JsonReading.AssertClose(expected[length], logits, 1e-4);
                }
            }
        }
    }

    private static int[] Prompt(int row) => [.. Enumerable.Range(0, 1 + (3 * row)).Select(i => 5 + (i * (row + 7) % 90))];

    private static DecoderNetwork Open(string name)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        return new DecoderNetwork(Path.Combine(SmallModels.Folder(name), "model.onnx"), options);
    }
}

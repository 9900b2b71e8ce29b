using ModelServer.Inference;
using ModelServer.Tests.Generate;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Inference;

public class DecoderSessionTests
{
    private const int Rows = 8;

    /// <summary>The official binding makes arrays of names and handles for every run; the stand-in makes none, and neither do we.</summary>
    private const int BindingBytesPerRun = 2048;

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    public void Decode_RowsOfDifferentLengths_HaveTheSameLogitsAsAlone(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, Rows, TinyDecoder.Window, chunk: 32);
        var alone = new List<float[]>();
        for (var row = 0; row < Rows; row++)
        {
            session.Truncate(0, 0);
            session.Prefill(0, Prompt(row));
            session.Decode([row]);
            alone.Add(session.Logits(0).ToArray());
        }

        for (var row = 0; row < Rows; row++)
        {
            session.Truncate(row, 0);
            session.Prefill(row, Prompt(row));
        }

        session.Decode([.. Enumerable.Range(0, Rows)]);

        for (var row = 0; row < Rows; row++) JsonReading.AssertClose(alone[row], session.Logits(row).ToArray(), 1e-4);
    }

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    [InlineData("tiny-decoder-half")]
    public void Decode_ShapesSeenBefore_AllocateNothingOfOurOwn(string name)
    {
        using var model = Open(name);
        using var session = new DecoderSession(model, Rows, TinyDecoder.Window, chunk: 32);
        var tokens = Enumerable.Range(0, Rows).ToArray();
        for (var round = 0; round < 3; round++) Play();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Play();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (Rows + 1) * BindingBytesPerRun);

        void Play()
        {
            for (var row = 0; row < Rows; row++) session.Truncate(row, 0);
            session.Prefill(0, tokens);
            for (var rows = 1; rows <= Rows; rows++)
            {
                session.Decode(tokens.AsSpan(0, rows));
                session.Logits(rows - 1);
            }

            session.Move(Rows - 1, 0);
        }
    }

    private static int[] Prompt(int row) => [.. Enumerable.Range(0, 1 + (3 * row)).Select(i => 5 + (i * (row + 7) % 90))];

    private static DecoderModel Open(string name)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        return new DecoderModel(Path.Combine(SmallModels.Folder(name), "model.onnx"), options);
    }
}

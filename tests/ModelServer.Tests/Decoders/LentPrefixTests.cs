using ModelServer.Decoders;
using SessionOptions = Microsoft.ML.OnnxRuntime.SessionOptions;

namespace ModelServer.Tests.Decoders;

/// <summary>A row that was given another's first tokens goes on as if it had read them itself: to the last bit, whatever becomes of the lender.</summary>
public class LentPrefixTests
{
    private const int Own = 0, Lender = 1, Borrower = 2, Steps = 6;
    private static readonly int[] Prompt = [.. Enumerable.Range(0, 24).Select(i => 5 + (i * 13 % 80))];

    [Theory]
    [InlineData("tiny-decoder", 1)]
    [InlineData("tiny-decoder", 9)]
    [InlineData("tiny-decoder", 23)]
    [InlineData("tiny-decoder-shared", 1)]
    [InlineData("tiny-decoder-shared", 9)]
    [InlineData("tiny-decoder-shared", 23)]
    [InlineData("tiny-decoder-half", 9)]
    public void Copy_FirstTokensOfAnotherRow_GivesTheLogitsOfReadingThem(string name, int lent)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var model = new DecoderNetwork(Directory.GetFiles(SmallModels.Folder(name), "*.onnx").Single(), options);
        using var session = new DecoderSession(model, rows: 3, TinyDecoder.Window, chunk: 32);
        var (prefix, rest) = (Prompt[..lent], Prompt[lent..]);
        session.Read(Own, 0, prefix);
        session.Read(Lender, 0, prefix);
        // What the lender read beyond is no part of the loan.
        session.Read(Lender, lent, [90, 91, 92]);

        session.Copy(Lender, Borrower, lent);
        session.Read(Lender, 0, [.. Prompt.Reverse()]);

        var expected = session.Read(Own, lent, rest).ToArray();
        Assert.Equal(expected, session.Read(Borrower, lent, rest).ToArray());
        Assert.NotEqual(expected, session.Read(Lender, lent, rest).ToArray());
        for (var step = 0; step < Steps; step++)
        {
            int[] token = [7 + step];
            expected = session.Read(Own, Prompt.Length + step, token).ToArray();
            Assert.Equal(expected, session.Read(Borrower, Prompt.Length + step, token).ToArray());
        }
    }

    [Theory]
    [InlineData("tiny-decoder")]
    [InlineData("tiny-decoder-shared")]
    public void Copy_ToSeveralRows_TheyGoOnApart(string name)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1 };
        using var model = new DecoderNetwork(Path.Combine(SmallModels.Folder(name), "model.onnx"), options);
        using var session = new DecoderSession(model, rows: 3, TinyDecoder.Window, chunk: 32);
        session.Read(0, 0, Prompt);
        for (var row = 1; row < 3; row++) session.Copy(0, row, Prompt.Length);
        int[] lengths = [Prompt.Length, Prompt.Length, Prompt.Length];

        session.Decode(lengths, [10, 20, 30]);
        var together = Enumerable.Range(0, 3).Select(row => session.Logits(row).ToArray()).ToArray();

        // The same position again, alone: a start forgets what came behind it.
        for (var row = 0; row < 3; row++) JsonReading.AssertClose(session.Read(0, Prompt.Length, [10 * (row + 1)]).ToArray(), together[row], 1e-4);
    }
}

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>
/// Tokenizers put together from every part in every setting against the reference library: ids, places, segments, special tokens, pairs, truncation, texts of ids at once and as a stream.
/// TOKENIZER_COMPOSITIONS says how many tokenizers, TOKENIZER_TEXTS how many texts for each; by default 200 and 12.
/// </summary>
public sealed class ComposedTokenizerTests
{
    private const int FirstSeed = 20300106;

    [ReferenceEncoderFact]
    public void EncodeAndDecode_AnyComposition_IsTheReferences()
    {
        var (count, texts) = (ReferenceFiles.Number("TOKENIZER_COMPOSITIONS", 200), ReferenceFiles.Number("TOKENIZER_TEXTS", 12));
        var all = Enumerable.Range(FirstSeed, count).Select(seed => ReferenceQuestion.Composed(seed, texts)).ToList();
        var compared = 0;
        foreach (var (question, answer) in all.Zip(ReferenceComparison.Ask(all)))
        {
            // Some settings end the reference's process.
            if (answer is null) continue;
            ReferenceComparison.AssertSame(question, answer.Value);
            compared++;
        }

        Assert.InRange(compared, count * 95 / 100, count);
    }

    [ReferenceEncoderTheory]
    [MemberData(nameof(Names))]
    public void EncodeAndDecode_EachFile_IsTheReferences(string name)
    {
        var question = ReferenceQuestion.Of(ReferenceFiles.Unlimited(ReferenceFiles.Read(name)), FirstSeed, ReferenceFiles.Number("TOKENIZER_TEXTS", 100));
        ReferenceComparison.AssertSame(question, ReferenceComparison.Ask([question]).Single()!.Value);
    }

    public static TheoryData<string> Names => ReferenceFiles.Names;
}

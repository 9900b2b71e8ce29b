using System.Buffers;

namespace ModelServer.Tests.Tokenization;

public sealed class HuggingFaceTokenizerTests
{
    [Fact]
    public void EncodeToTokens_Inherited_GivesOffsetsOfTheTextAsGiven()
    {
        var tokens = TokenizerFixtures.Small.EncodeToTokens("Café [MASK]!", out var normalized);
        Assert.Null(normalized);
        Assert.Equal([("cafe", 0..4), ("[MASK]", 5..11), ("!", 11..12)], tokens.Select(t => (t.Value, t.Offset)));
    }

    [Fact]
    public void Encode_LoneSurrogate_CountsAsAReplacementCharacterWhichIsRemoved()
    {
        var encoding = TokenizerFixtures.Small.Encode("the \ud800fox", addSpecialTokens: false);
        Assert.Equal(TokenizerFixtures.Small.EncodeToIds("the \uFFFDfox"), encoding.Ids);
        Assert.Equal([new(0, 3), new(5, 8)], encoding.Offsets);
    }

    [Fact]
    public void EncodeToTokens_StepsLeftOut_AreLeftOut()
    {
        Assert.Equal(["[UNK]", "fox"], TokenizerFixtures.Small.EncodeToTokens("The fox", out _, considerNormalization: false).Select(t => t.Value));
        Assert.Equal(["[UNK]"], TokenizerFixtures.Small.EncodeToTokens("the fox", out _, considerPreTokenization: false).Select(t => t.Value));
    }

    [Fact]
    public void GetIndexByTokenCount_Inherited_CountsInTheTextAsGiven()
    {
        Assert.Equal(9, TokenizerFixtures.Small.GetIndexByTokenCount("the quick fox", 2, out _, out var count));
        Assert.Equal(2, count);
        Assert.Equal(4, TokenizerFixtures.Small.GetIndexByTokenCountFromEnd("the quick fox", 2, out _, out count));
        Assert.Equal(2, count);
    }

    [Fact]
    public void Decode_SpecialTokens_AreLeftOutOnRequest()
    {
        var ids = TokenizerFixtures.Small.Encode("jumped [MASK] <url>").Ids;
        Assert.Equal("[CLS] jumped [MASK] <url> [SEP]", TokenizerFixtures.Small.Decode(ids, skipSpecialTokens: false));
        Assert.Equal("jumped <url>", TokenizerFixtures.Small.Decode(ids, skipSpecialTokens: true));
    }

    [Fact]
    public void Decode_IntoASpan_IsAllOrNothing()
    {
        var ids = TokenizerFixtures.Small.EncodeToIds("the fox");
        var destination = new char[7];
        Assert.Equal(OperationStatus.DestinationTooSmall, TokenizerFixtures.Small.Decode(ids, destination.AsSpan(..6), out var consumed, out var written));
        Assert.Equal((0, 0), (consumed, written));
        Assert.Equal(OperationStatus.Done, TokenizerFixtures.Small.Decode(ids, destination, out consumed, out written));
        Assert.Equal((2, 7, "the fox"), (consumed, written, new string(destination)));
        Assert.Equal(OperationStatus.InvalidData, TokenizerFixtures.Small.Decode([0, 1_000_000], destination, out _, out _));
    }

    [Fact]
    public void Decode_UnknownIds_AreLeftOutHereAndRefusedByTheInheritedMember()
    {
        Assert.Equal("the", TokenizerFixtures.Small.Decode([-1, 14, 1_000_000], skipSpecialTokens: false));
        Assert.Throws<InvalidOperationException>(() => TokenizerFixtures.Small.Decode([14, 1_000_000]));
    }

    [Fact]
    public void TokenToId_AndBack_AgreeForEveryId()
    {
        Assert.Equal(59, TokenizerFixtures.Small.VocabularySize);
        for (var id = 0; id < TokenizerFixtures.Small.VocabularySize; id++) Assert.Equal(id, TokenizerFixtures.Small.TokenToId(TokenizerFixtures.Small.IdToToken(id)!));
        Assert.Null(TokenizerFixtures.Small.TokenToId("no such token"));
        Assert.Null(TokenizerFixtures.Small.IdToToken(59));
        Assert.Null(TokenizerFixtures.Small.IdToToken(-1));
    }

    [Fact]
    public void Encode_TextsOfAPair_AreTellable()
    {
        var encoding = TokenizerFixtures.Small.Encode("\U00010400 fox", "dog");
        Assert.Equal<sbyte>([-1, 0, 0, -1, 1, -1], encoding.Sequences);
        Assert.Equal([(0, 0), (0, 1), (2, 5), (0, 0), (0, 3), (0, 0)], encoding.CodePointOffsets("\U00010400 fox", "dog").Select(o => (o.Start, o.End)));
    }
}

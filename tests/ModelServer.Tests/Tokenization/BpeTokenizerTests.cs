using System.Text.Json.Nodes;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Tokenization;

public sealed class BpeTokenizerTests
{
    // Each follows from the merges in SmallBpe: the lowest rank first, of equal ranks the leftmost.
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("hello world", "hello|Ġw|o|r|l|d")]
    [InlineData("hell held", "hell|Ġ|he|l|d")]
    [InlineData("aaa", "aa|a")]
    [InlineData("aaaaaaa", "aaaa|aa|a")]
    [InlineData("é", "Ã©")]
    [InlineData("🎉", "ðŁİ|ī")]
    [InlineData("o  o", "o|Ġ|Ġ|o")]
    [InlineData("he's<|end|> o", "he|'|s|<|end|>|Ġ|o")]
    [InlineData("\n\t", "Ċ|ĉ")]
    [InlineData("", "")]
    public void Encode_ByteLevel_MergesByRank(string text, string tokens) =>
        Assert.Equal(tokens, string.Join('|', SmallBpe.ByteLevel.Tokens(text)));

    [Fact]
    public void Encode_CharacterOfSeveralTokens_GivesEachThePlaceOfTheCharacter()
    {
        var encoding = SmallBpe.ByteLevel.Encode("a🎉 é");
        Assert.Equal([new(0, 1), new(1, 3), new(1, 3), new(3, 4), new(4, 5)], encoding.Offsets);
        Assert.Equal([(0, 1), (1, 2), (1, 2), (2, 3), (3, 4)], encoding.CodePointOffsets("a🎉 é").Select(o => (o.Start, o.End)));
    }

    [Fact]
    public void Encode_MergesAsPairs_AreTheSame()
    {
        var json = SmallBpe.ByteLevelJson();
        json["model"]!["merges"] = new JsonArray([.. SmallBpe.ByteMerges.Select(m => new JsonArray([.. m.Split(' ').Select(t => JsonValue.Create(t))]))]);
        Assert.Equal(SmallBpe.ByteLevel.Tokens("hello world 🎉 aaaaa"), SmallBpe.Load(json).Tokens("hello world 🎉 aaaaa"));
    }

    [Fact]
    public void Encode_WithoutTheJson_ReadsVocabularyAndMerges()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.json", SmallBpe.ByteLevelJson()["model"]!["vocab"]!.AsObject().With("<|end|>", 267).ToJsonString());
        folder.Write("merges.txt", "#version: 0.2\n" + string.Join('\n', SmallBpe.ByteMerges) + "\n");
        folder.Write("tokenizer_config.json", """{"tokenizer_class":"GPT2Tokenizer","eos_token":"<|end|>"}""");
        var tokenizer = TokenizerLoader.Load(folder.Path);
        Assert.Equal(SmallBpe.ByteLevel.Encode("hello<|end|> 🎉").Ids, tokenizer.Encode("hello<|end|> 🎉").Ids);
        Assert.Equal("hello 🎉", tokenizer.Decode(tokenizer.Encode("hello<|end|> 🎉").Ids, skipSpecialTokens: true));
    }

    // "ll o" would be the next merge of "hello", but the whole word is a token.
    [Fact]
    public void Encode_IgnoringMerges_TakesWholeWords()
    {
        var json = SmallBpe.ByteLevelJson();
        json["model"]!["ignore_merges"] = true;
        json["model"]!["merges"] = new JsonArray("l l");
        var tokenizer = SmallBpe.Load(json);
        Assert.Equal(["hello"], tokenizer.Tokens("hello"));
        Assert.Equal(["h", "e", "ll", "o", "o"], tokenizer.Tokens("helloo"));
    }

    [Fact]
    public void Encode_PrefixSpaceAndTrimmedOffsets_LeaveSpacesOutOfOffsets()
    {
        var json = SmallBpe.ByteLevelJson();
        (json["pre_tokenizer"]!["add_prefix_space"], json["post_processor"]!["trim_offsets"]) = (true, true);
        json["post_processor"]!["add_prefix_space"] = true;
        var encoding = SmallBpe.Load(json).Encode("w w  é");
        Assert.Equal([new(0, 1), new(2, 3), new(4, 4), new(5, 5), new(5, 6)], encoding.Offsets);
    }

    // "the" after a space is one token, as at the start, where a space is put before it.
    [Theory]
    [InlineData("the", "▁the", "0-3")]
    [InlineData("the the", "▁the|▁the", "0-3 3-7")]
    [InlineData("then", "▁the|n", "0-3 3-4")]
    [InlineData("   he", "▁▁▁▁|he", "0-3 3-5")]
    [InlineData("h é", "▁|h|▁|<0xC3>|<0xA9>", "0-1 0-1 1-2 2-3 2-3")]
    [InlineData("nnn<s>n", "▁|nn|n|<s>|▁|n", "0-1 0-2 2-3 3-6 6-7 6-7")]
    [InlineData(" ", "▁▁", "0-1")]
    public void Encode_SentencePiece_GivesTokensAndOffsets(string text, string tokens, string offsets)
    {
        Assert.Equal(tokens, string.Join('|', SmallBpe.SentencePiece.Tokens(text)));
        Assert.Equal(offsets, string.Join(' ', SmallBpe.SentencePiece.Encode(text).Offsets.Select(o => $"{o.Start}-{o.End}")));
        Assert.Equal(text, SmallBpe.SentencePiece.Decode(SmallBpe.SentencePiece.Encode(text).Ids, skipSpecialTokens: false).Replace("<s> ", "<s>"));
    }

    [Theory]
    [InlineData(true, "▁|<unk>|n|<unk>")]
    [InlineData(false, "▁|<unk>|<unk>|n|<unk>")]
    public void Encode_WithoutByteTokens_HasUnknownOnes(bool fuse, string tokens)
    {
        var json = SmallBpe.SentencePieceJson();
        (json["model"]!["byte_fallback"], json["model"]!["fuse_unk"]) = (false, fuse);
        Assert.Equal(tokens, string.Join('|', SmallBpe.Load(json).Tokens("éèn🎉")));
    }

    [Fact]
    public void Decode_BytesThatAreNoText_AreReplacedOneByOne()
    {
        int Byte(int b) => SmallBpe.SentencePiece.TokenToId($"<0x{b:X2}>")!.Value;
        Assert.Equal("é", SmallBpe.SentencePiece.Decode([Byte(0xC3), Byte(0xA9)], skipSpecialTokens: true));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", SmallBpe.SentencePiece.Decode([Byte(0xC3), Byte(0xA9), Byte(0xC3)], skipSpecialTokens: true));
    }
}

using ModelServer.Tokenization.Decoders;

namespace ModelServer.Tests.Tokenization.Decoders;

/// <summary>What a token spells in bytes, by each kind of decoder.</summary>
public class TokenBytesTests
{
    private static readonly ITokenDecoder Fallback = new SequenceDecoder([TokenMaps.Replace("▁", " "), new ByteFallbackDecoder()]);

    [Theory]
    [InlineData("<0xF0>", new byte[] { 0xF0 })]
    [InlineData("<0x0a>", new byte[] { 10 })]
    [InlineData("<0xG0>", null)]
    [InlineData("▁the", null)]
    public void BytesOf_ByteFallback_AreThoseOfByteTokensAlone(string token, byte[]? bytes) => Assert.Equal(bytes, Fallback.BytesOf(token));

    [Theory]
    [InlineData("Ġthe", new byte[] { 32, 116, 104, 101 })]
    [InlineData("ð", new byte[] { 0xF0 })]
    [InlineData("日", null)]
    public void BytesOf_ByteLevel_AreThoseThatTheAlphabetSpells(string token, byte[]? bytes) => Assert.Equal(bytes, new ByteLevelDecoder().BytesOf(token));

    [Fact]
    public void BytesOf_WordPiece_IsText() => Assert.Null(((ITokenDecoder)TokenMaps.WordPiece("##", cleanUp: false)).BytesOf("##ing"));
}

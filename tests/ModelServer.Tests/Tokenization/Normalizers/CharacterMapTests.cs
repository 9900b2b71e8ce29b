using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.Normalizers;

public sealed class CharacterMapTests
{
    [Theory]
    [InlineData("ﬁn", "fin")]
    [InlineData("a\u0001b", "ab")]
    [InlineData("\u0001ab", "ab")]
    [InlineData("１２\u3000½", "12 1⁄2")]
    [InlineData("e\u0301", "é")]
    [InlineData("plain text", "plain text")]
    [InlineData("\r\n", " ")]
    [InlineData("", "")]
    public void Normalize_Text_IsReplaced(string text, string expected)
    {
        var normalized = new NormalizedText();
        normalized.Load(text, 0);
        new PrecompiledNormalizer(CharacterMap.Read(SmallCharacterMap.Bytes(SmallCharacterMap.NmtNfkc()))).Normalize(normalized);
        Assert.Equal(expected, new(normalized.Chars));
    }

    // Whatever its bytes are, a map is refused or every text can be looked up in it.
    [Fact]
    public void Read_SpoiltMaps_AreRefusedOrWork()
    {
        var (random, whole, refused) = (new Random(20310102), SmallCharacterMap.Bytes(SmallCharacterMap.Odd()), 0);
        for (var round = 0; round < 3000; round++)
        {
            var map = random.Next(8) == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (var change = random.Next(1, 4); change > 0 && map.Length > 0; change--) map[random.Next(random.Next(3) == 0 ? map.Length : Math.Min(map.Length, 1024))] = (byte)random.Next(256);
            try
            {
                var normalizer = new PrecompiledNormalizer(CharacterMap.Read(map));
                var text = new NormalizedText();
                text.Load("the éé a\u0301\r\n👍 © 한국 xy नक\u0600x\u0301", 0);
                normalizer.Normalize(text);
            }
            catch (FormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 2900);
    }
}

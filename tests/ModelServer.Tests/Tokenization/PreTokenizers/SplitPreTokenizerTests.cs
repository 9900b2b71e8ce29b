using System.Text.Json.Nodes;
using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.PreTokenizers;
using ModelServer.Tokenization.Texts;

namespace ModelServer.Tests.Tokenization.PreTokenizers;

public sealed class SplitPreTokenizerTests
{
    [Theory]
    [InlineData(nameof(SplitBehavior.Removed), false, "the|final|countdown")]
    [InlineData(nameof(SplitBehavior.Isolated), false, "the|-|final|-|-|countdown|-")]
    [InlineData(nameof(SplitBehavior.MergedWithPrevious), false, "the-|final-|-|countdown-")]
    [InlineData(nameof(SplitBehavior.MergedWithNext), false, "the|-final|-|-countdown|-")]
    [InlineData(nameof(SplitBehavior.Contiguous), false, "the|-|final|--|countdown|-")]
    [InlineData(nameof(SplitBehavior.Removed), true, "-|-|-|-")]
    [InlineData(nameof(SplitBehavior.MergedWithNext), true, "the-|final-|-|countdown-")]
    public void PreTokenize_EachBehavior_TreatsMatchesAsItsNameSays(string behavior, bool invert, string words) =>
        Assert.Equal(words, string.Join('|', Words(new SplitPreTokenizer(TextPattern.Of("-"), Enum.Parse<SplitBehavior>(behavior), invert), "the-final--countdown-")));

    [Fact]
    public void PreTokenize_WithoutAMatch_KeepsTheText()
    {
        foreach (var behavior in Enum.GetValues<SplitBehavior>()) Assert.Equal(["the"], Words(new SplitPreTokenizer(TextPattern.Of("-"), behavior), "the"));
    }

    // Tolong Siki's digits came with Unicode 17.
    [Fact]
    public void PreTokenize_DigitsOfTheNewestUnicode_AreDigits()
    {
        var json = SmallBpe.ByteLevelJson();
        json["pre_tokenizer"] = JsonNode.Parse("""{"type":"Digits","individual_digits":false}""");
        json["model"] = JsonNode.Parse("""{"type":"WordLevel","unk_token":"?","vocab":{"?":0}}""");
        json["added_tokens"] = new JsonArray();
        json.Remove("post_processor");
        Assert.Equal(["?", "?", "?"], SmallBpe.Load(json).Tokens("a1\U00011DE0²\U00016FF4½b"));
    }

    [Theory]
    [InlineData(nameof(PrependScheme.Always), true, "▁Hey|▁|▁my|▁🎉")]
    [InlineData(nameof(PrependScheme.First), false, "▁Hey▁▁my▁🎉")]
    [InlineData(nameof(PrependScheme.Never), true, "Hey|▁|▁my|▁🎉")]
    public void PreTokenize_Metaspace_MarksWordBeginnings(string scheme, bool split, string words) =>
        Assert.Equal(words, string.Join('|', Words(new MetaspacePreTokenizer(new('▁', Enum.Parse<PrependScheme>(scheme), split)), "Hey  my 🎉")));

    [Fact]
    public void PreTokenize_MetaspaceFirst_LeavesLaterPartsAlone() =>
        Assert.Equal(["▁a", "b"], Words(new SequencePreTokenizer([new DelimiterPreTokenizer(true, false), new MetaspacePreTokenizer(new('▁', PrependScheme.First, true))]), "a b"));

    private static string[] Words(IPreTokenizer preTokenizer, string value)
    {
        var text = new NormalizedText();
        text.Load(value, 0);
        var slices = new PreTokenizedText(text);
        slices.Add(new(0, value.Length));
        preTokenizer.PreTokenize(slices);
        return [.. slices.Slices.ToArray().Select(s => new string(text.Chars[s.Start..s.End]))];
    }
}

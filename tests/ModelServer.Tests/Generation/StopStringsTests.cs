using ModelServer.Generation;

namespace ModelServer.Tests.Generation;

public sealed class StopStringsTests
{
    [Theory]
    [InlineData("abcdef", "cd", "ab")]
    [InlineData("abcdef", "abc", "")]
    [InlineData("abcdef", "f", "abcde")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("abcdef", "x", null)]
    [InlineData("ab", "abc", null)]
    public void Append_OneStop_CutsBeforeIt(string text, string stop, string? expected)
    {
        foreach (var parts in Splits(text)) Assert.Equal(expected, Run([stop], parts, out var whole) ? whole : null);
    }

    [Fact]
    public void Append_SeveralStops_TheFirstCompleteOneCounts()
    {
        // "bc" is complete before "abcd" is, though it begins later.
        foreach (var parts in Splits("xabcde"))
        {
            Assert.True(Run(["abcd", "bc"], parts, out var text));
            Assert.Equal("xa", text);
        }
    }

    [Fact]
    public void Append_StopsThatEndTogether_TheLongestCounts()
    {
        foreach (var parts in Splits("xabcde"))
        {
            Assert.True(Run(["c", "abc"], parts, out var text));
            Assert.Equal("x", text);
        }
    }

    [Fact]
    public void Append_MayBeABeginning_IsHeldBackUntilItIsNot()
    {
        var stops = new StopStrings(["\n\nEnd"]);

        Assert.Equal("A", stops.Append("A\n"));
        Assert.Equal("", stops.Append("\nE"));
        Assert.Equal("\n\nEx", stops.Append("x"));
        Assert.Equal("", stops.Append("\n\nEn"));
        Assert.Equal("\n\nEn", stops.Flush());
    }

    [Fact]
    public void Append_AfterTheStop_GivesNothing()
    {
        var stops = new StopStrings(["b"]);

        Assert.Equal("a", stops.Append("abc"));
        Assert.Equal("", stops.Append("d"));
        Assert.Equal("", stops.Flush());
    }

    [Fact]
    public void Append_NoStops_PassesEverythingOn()
    {
        var stops = new StopStrings([]);

        Assert.Equal("ab", stops.Append("ab"));
        Assert.Equal("", stops.Flush());
    }

    [Fact]
    public void Append_AnyPartsOfRandomText_CutAtTheSamePlace()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            string[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Text(random.Next(1, 4)))];
            var text = Text(random.Next(12));
            var found = Run(stops, [.. text.Select(c => c.ToString())], out var byCharacter);

            var first = Enumerable.Range(0, text.Length + 1).FirstOrDefault(end => stops.Any(s => text[..end].EndsWith(s, StringComparison.Ordinal)), -1);
            Assert.Equal(first >= 0, found);
            Assert.Equal(found ? text[..(first - stops.Where(s => text[..first].EndsWith(s, StringComparison.Ordinal)).Max(s => s.Length))] : text, byCharacter);
            foreach (var parts in Splits(text))
            {
                Assert.Equal(found, Run(stops, parts, out var inParts));
                Assert.Equal(byCharacter, inParts);
            }
        }

        string Text(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('a' + random.Next(2))));
    }

    /// <summary>The whole, every cut in two, one of them perhaps empty, and character by character.</summary>
    private static IEnumerable<string[]> Splits(string text)
    {
        yield return [text];
        for (var i = 0; i <= text.Length; i++) yield return [text[..i], text[i..]];
        yield return [.. text.Select(c => c.ToString())];
    }

    private static bool Run(string[] strings, string[] parts, out string text)
    {
        var stops = new StopStrings(strings);
        text = string.Concat(parts.Select(stops.Append)) + stops.Flush();
        return stops.Found;
    }
}

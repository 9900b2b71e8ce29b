using System.Text;
using System.Text.RegularExpressions;
using ModelServer.Tokenization.Patterns;

namespace ModelServer.Tests.Tokenization.Patterns;

public sealed class TextPatternTests
{
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // The patterns of GPT-2, Qwen 2, Llama 3, DeepSeek 3 and GPT-4o, which the framework reads alike as long as all is in the basic plane.
    [Theory]
    [InlineData(Gpt2)]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"a{2}|b{2,}|(?:ab|b)c?d(?=\d)")]
    [InlineData(@"\s+$(?!\n)|(?<=[a-z])\d|(?<!a)b+?(?=b)|(?:(?:a|bb)+?)+c")]
    [InlineData(@"\d{1,3}(?=(?:\d{3})*(?!\d))")]
    [InlineData(@"(?:a|b?c)*?d|(?i:st?r|LL)x*")]
    [InlineData(@" {2,}")]
    [InlineData(@"bA?c*")]
    [InlineData(@"[^\u0000-\u007F]|\d+")]
    [InlineData(@"(?!ab)[a-c]{1,2}|a(?=[bc])b?|(?!a)(?=.b)[^a]|b{3,}d|b*?c|(?:a|b?c)d|[ab]{2,}(?=c)|\s{2,}?(?=\S)|(?<=a)b")]
    [InlineData(@"[a-z]*?[A-Z]|[a-z]+(?!\d)|[^a-z]{2}(?:b|B)|\S\s|.")]
    public void Next_PublishedPatterns_MatchAsTheFrameworkDoes(string regex)
    {
        var (ours, theirs, random) = (TextPattern.Regex(regex), new Regex(regex, RegexOptions.CultureInvariant), new Random(11));
        for (var round = 0; round < 3000; round++)
        {
            var text = RandomText(random);
            Assert.Equal(theirs.Matches(text).Select(m => (m.Index, m.Index + m.Length)), Matches(ours, text));
        }
    }

    [Theory]
    [InlineData(Gpt2, "𝒳𝓎 𝟘1 👍🏽 'S's", "𝒳𝓎| 𝟘1| 👍🏽| '|S|'s")]
    [InlineData(@"(?i:'s)|\p{L}+", "'ſ'S", "'ſ|'S")]
    [InlineData(@"[^(\s|[.,!?…。，、।۔،])]+", "Hi, (you|me)!", "Hi|you|me")]
    [InlineData(@"[\u4e00-\u9fa5]+", "a中文b", "中文")]
    [InlineData(@"\p{N}{1,2}", "𝟘𝟙𝟚", "𝟘𝟙|𝟚")]
    [InlineData(@"a++b|a", "aab a", "aab|a")]
    [InlineData(@"\P{L}+|\p{^N}", "a1b", "a|1|b")]
    public void Next_BeyondTheFramework_MatchesCodePoints(string regex, string text, string matches)
    {
        Assert.Equal(matches, string.Join('|', Matches(TextPattern.Regex(regex), text).Select(m => text[m.Start..m.End])));
    }

    [Theory]
    [InlineData(@"a{1,2}+")]
    [InlineData(@"(?>a)")]
    [InlineData(@"(?:ab)++")]
    [InlineData(@"(a*)*")]
    [InlineData(@"(?:a|b*)+")]
    [InlineData(@"(a)\1")]
    [InlineData(@"\G")]
    [InlineData(@"(?<=a+)b")]
    [InlineData(@"(?=a)*b")]
    [InlineData(@"(?i:é)")]
    [InlineData(@"(?i:ss)")]
    [InlineData(@"(?i:ast)")]
    [InlineData(@"(?x:a)")]
    [InlineData(@"[[:alpha:]]")]
    [InlineData(@"\p{Emoji}")]
    [InlineData(@"\p{Latin}")]
    [InlineData(@"[&&a]")]
    [InlineData(@"[]")]
    [InlineData(@"[a")]
    [InlineData(@"[z-a]")]
    [InlineData(@"(a")]
    [InlineData(@"a)")]
    [InlineData(@"a{2,1}")]
    [InlineData(@"(?:a{1000}){1000}(?:ab){1001}")]
    [InlineData(@"*a")]
    [InlineData(@"a\")]
    [InlineData(@"\p{}")]
    [InlineData(@"\pL")]
    public void Parse_WhatMayMeanSomethingElse_IsRefused(string regex) => Assert.Throws<NotSupportedException>(() => TextPattern.Regex(regex));

    // Backtracking alone takes the square of these texts, or all ways through them.
    [Theory]
    [InlineData(@"\s+$", " ", "x")]
    [InlineData(@"(?:a|a)*b", "a", "")]
    [InlineData(@"(?:a+)+b", "a", "c")]
    [InlineData(@"(?:a+a+)+b|a.*?b", "a", "")]
    [InlineData(@"a(?=.*b)", "a", "c")]
    [InlineData(@"a(?=.*b)", "a", "b")]
    [InlineData(@"(?=(\d{3})+(?!\d))", "1", "")]
    [InlineData(@"a++b|\p{M}*+x", "a\u0301", "")]
    [InlineData(@"(?:\p{L}+\p{M}*)+;", "e\u0301\u0301", "")]
    [InlineData(@"(?:.{1,9}?)*;|(?<=aa)(?:a|aa)+;", "a", "")]
    public void Steps_HostileTexts_GrowWithTheText(string regex, string unit, string end)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 60_000)) + end;
        var matches = new PatternMatcher(TextPattern.Regex(regex), text);
        while (matches.Next(out _))
        {
        }

        Assert.InRange(matches.Steps, 0, (PatternMatcher.Patience + 100L) * text.Length);
        matches.Dispose();
    }

    private static List<(int Start, int End)> Matches(TextPattern pattern, string text)
    {
        var found = new List<(int, int)>();
        using var matches = new PatternMatcher(pattern, text);
        while (matches.Next(out var match)) found.Add((match.Start, match.End));
        return found;
    }

    private static string RandomText(Random random)
    {
        const string frequent = "aAbBcd'stSTreLl  \t\r\n\u00A0\u3000.,!/-_0123½٣éÉßあ中\u0301ǅʰ€";
        var text = new StringBuilder();
        for (var n = random.Next(0, 30); n > 0; n--)
        {
            var c = random.Next(4) > 0 ? frequent[random.Next(frequent.Length)] : (char)random.Next(0xD800);
            if (c is not ('ſ' or '\u212A')) text.Append(c);
        }

        return text.ToString();
    }
}

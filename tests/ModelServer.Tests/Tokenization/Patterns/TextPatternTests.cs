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
    public void Next_PublishedPatterns_MatchAsTheFrameworkDoes(string regex)
    {
        var (ours, theirs, random) = (new TextPattern(PatternParser.Parse(regex)), new Regex(regex, RegexOptions.CultureInvariant), new Random(11));
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
    [InlineData(@"[\u4e00-\u9fa5]+", "", null)]
    [InlineData(@"\p{N}{1,2}", "𝟘𝟙𝟚", "𝟘𝟙|𝟚")]
    [InlineData(@"a++b|a", "aab a", "aab|a")]
    [InlineData(@"\P{L}+|\p{^N}", "a1b", "a|1|b")]
    public void Next_BeyondTheFramework_MatchesCodePoints(string regex, string text, string? matches)
    {
        if (matches is null) Assert.Throws<NotSupportedException>(() => PatternParser.Parse(regex));
        else Assert.Equal(matches, string.Join('|', Matches(new(PatternParser.Parse(regex)), text).Select(m => text[m.Start..m.End])));
    }

    [Theory]
    [InlineData(@"\w")]
    [InlineData(@"\b")]
    [InlineData(@"a+?")]
    [InlineData(@"a{1,2}+")]
    [InlineData(@"(ab)*")]
    [InlineData(@"(?<=a)b")]
    [InlineData(@"(?<n>a)")]
    [InlineData(@"(?i)a")]
    [InlineData(@"(?i:é)")]
    [InlineData(@"a.b")]
    [InlineData(@"^a")]
    [InlineData(@"a$")]
    [InlineData(@"[a&&b]")]
    [InlineData(@"[[:alpha:]]")]
    [InlineData(@"[]")]
    [InlineData(@"[a")]
    [InlineData(@"[z-a]")]
    [InlineData(@"[\d-z\p{Han}]")]
    [InlineData(@"(a")]
    [InlineData(@"a)")]
    [InlineData(@"a{2,1}")]
    [InlineData(@"a{x}")]
    [InlineData(@"*a")]
    [InlineData(@"a\")]
    [InlineData(@"\p{}")]
    [InlineData(@"\pL")]
    public void Parse_WhatMayMeanSomethingElse_IsRefused(string regex) => Assert.Throws<NotSupportedException>(() => PatternParser.Parse(regex));

    private static IEnumerable<(int Start, int End)> Matches(TextPattern pattern, string text)
    {
        for (var at = 0; pattern.Next(text, at) is var (start, end) && end > start; at = end) yield return (start, end);
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

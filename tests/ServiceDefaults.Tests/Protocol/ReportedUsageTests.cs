using System.Text;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Tests.Protocol;

public sealed class ReportedUsageTests
{
    [Theory]
    [InlineData("news", 12L, 7L)]
    [InlineData("news", 0L, null)]
    [InlineData(null, long.MaxValue, 0L)]
    [InlineData(null, null, null)]
    public void Headers_WrittenAndTaken_TellTheSameAndAreGone(string? model, long? prompt, long? completion)
    {
        var headers = new HeaderDictionary { ["x-cache"] = "miss" };
        var report = new ReportedUsage(model, prompt, completion);

        report.WriteTo(headers);

        Assert.Equal(report, ReportedUsage.TakeFrom(headers));
        Assert.Equal(["x-cache"], headers.Keys);
    }

    [Fact]
    public void Headers_Written_HaveTheNamesOfTheProtocol()
    {
        var headers = new HeaderDictionary();

        new ReportedUsage("news", 12, 7).WriteTo(headers);

        Assert.Equal(
            [("x-usage-completion-tokens", "7"), ("x-usage-model", "news"), ("x-usage-prompt-tokens", "12")],
            headers.Select(h => (h.Key, h.Value.ToString())).OrderBy(h => h.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("0x10")]
    [InlineData("1,2")]
    [InlineData("99999999999999999999")]
    [InlineData("")]
    public void Header_ThatIsNoCount_TellsNothingAndIsGoneAllTheSame(string count)
    {
        var headers = new HeaderDictionary { [ReportedUsage.PromptHeader] = count, [ReportedUsage.CompletionHeader] = count };

        Assert.Equal(default, ReportedUsage.TakeFrom(headers));
        Assert.Empty(headers);
    }

    [Fact]
    public void Header_GivenTwice_TellsNothing()
        => Assert.Null(ReportedUsage.TakeFrom(new HeaderDictionary { [ReportedUsage.PromptHeader] = new(["1", "2"]) }).PromptTokens);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(12, 7)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public void Comment_Formatted_IsFoundAtTheEndOfAStream(long prompt, long completion)
    {
        var stream = $"data: {{}}\n\n: {ReportedUsage.FormatComment(prompt, completion)}\n\ndata: [DONE]\n\n";

        Assert.True(ReportedUsage.TryFindComment(Encoding.UTF8.GetBytes(stream), out var report));
        Assert.Equal(new(null, prompt, completion), report);
    }

    [Fact]
    public void Comment_Formatted_LooksAsItAlwaysDid() => Assert.Equal("usage prompt_tokens=12 completion_tokens=7", ReportedUsage.FormatComment(12, 7));

    [Fact]
    public void Comments_OfOneStream_TheLastOneCounts()
    {
        Assert.True(ReportedUsage.TryFindComment(": usage prompt_tokens=1 completion_tokens=2\n\n: usage prompt_tokens=3 completion_tokens=4\n\n"u8, out var report));
        Assert.Equal(new(null, 3, 4), report);
    }

    [Theory]
    [InlineData("")]
    [InlineData(": waiting\n\n")]
    [InlineData(": usage prompt_tokens=")]
    [InlineData(": usage prompt_tokens=12")]
    [InlineData(": usage prompt_tokens=12 completion_tokens=")]
    [InlineData(": usage prompt_tokens=12,completion_tokens=7")]
    [InlineData(": usage prompt_tokens=x completion_tokens=7")]
    [InlineData(": usage prompt_tokens=99999999999999999999 completion_tokens=7")]
    [InlineData("usage prompt_tokens=12 completion_tokens=7")]
    [InlineData(": Usage prompt_tokens=12 completion_tokens=7")]
    public void Stream_WithoutAWholeComment_TellsNothing(string stream)
    {
        Assert.False(ReportedUsage.TryFindComment(Encoding.UTF8.GetBytes(stream), out var report));
        Assert.Equal(default, report);
    }

    [Fact]
    public void Stream_CutAnywhere_IsReadWithoutAnException()
    {
        var stream = Encoding.UTF8.GetBytes($"data: {{}}\n\n: {ReportedUsage.FormatComment(long.MaxValue, 7)}\n\n");
        for (var from = 0; from <= stream.Length; from++)
            for (var to = from; to <= stream.Length; to++) ReportedUsage.TryFindComment(stream.AsSpan(from, to - from), out _);
    }
}

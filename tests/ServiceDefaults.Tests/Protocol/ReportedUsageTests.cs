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
    [InlineData("12", 12L)]
    [InlineData("-12", null)]
    [InlineData("12, 13", null)]
    [InlineData("", null)]
    public void Trailers_Taken_TellCountsAloneAndAreGone(string prompt, long? told)
    {
        using var answer = new HttpResponseMessage();
        answer.TrailingHeaders.TryAddWithoutValidation(ReportedUsage.PromptHeader, prompt);
        answer.TrailingHeaders.TryAddWithoutValidation(ReportedUsage.ModelHeader, "news");
        answer.TrailingHeaders.TryAddWithoutValidation("grpc-status", "0");

        Assert.Equal(new("news", told, null), ReportedUsage.TakeFrom(answer.TrailingHeaders));
        Assert.Equal(["grpc-status"], answer.TrailingHeaders.Select(h => h.Key));
    }
}

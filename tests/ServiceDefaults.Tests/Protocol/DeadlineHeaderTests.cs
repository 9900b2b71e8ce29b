namespace ServiceDefaults.Tests.Protocol;

public sealed class DeadlineHeaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    [InlineData(DeadlineHeader.MaxMilliseconds)]
    [InlineData(int.MaxValue)]
    public void Deadline_Formatted_IsReadAgain(int milliseconds)
    {
        Assert.True(DeadlineHeader.TryParse(DeadlineHeader.Format(TimeSpan.FromMilliseconds(milliseconds)), out var deadline));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), deadline);
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(-50_000, "1")]
    [InlineData(9_999, "1")]
    [InlineData(10_000, "1")]
    [InlineData(29_999, "2")]
    public void WhatIsLeft_IsToldInWholeMilliseconds_AndNeverAsNone(long ticks, string header) => Assert.Equal(header, DeadlineHeader.Format(TimeSpan.FromTicks(ticks)));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.5")]
    [InlineData("1e3")]
    [InlineData("1,2")]
    [InlineData("2147483648")]
    [InlineData("١")]
    public void Header_ThatIsNoPositiveWholeNumber_IsNoDeadline(string? header) => Assert.False(DeadlineHeader.TryParse(header, out _));
}

namespace ModelServer.Tests.Jinja;

/// <summary>One moment, in UTC wherever the test runs.</summary>
internal sealed class FixedTime(DateTime now) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(now, TimeSpan.Zero);
}

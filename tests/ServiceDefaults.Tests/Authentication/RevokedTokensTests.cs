using System.Security.Claims;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

public sealed class RevokedTokensTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Revocation_ForGood_IsNeverForgotten()
    {
        var revoked = new RevokedTokens(_time);
        revoked.Add("a", RevokedTokens.ForGood);
        revoked.Add("b", DateTimeOffset.MaxValue);
        revoked.Add("c", new(2039, 1, 1, 0, 0, 0, TimeSpan.Zero));

        _time.Advance(TimeSpan.FromDays(365 * 100));

        Assert.Equal(["a", "b"], revoked.Living().Keys.Order());
        Assert.True(revoked.Contains(Bearer("a")));
        Assert.False(revoked.Contains(Bearer("c")));
    }

    [Fact]
    public void Revocation_WithinASecond_EndsWithTheWholeOne()
    {
        var revoked = new RevokedTokens(_time);
        var end = _time.GetUtcNow().AddMilliseconds(1300);
        revoked.Add("a", end);

        _time.Advance(TimeSpan.FromMilliseconds(1999));
        Assert.Single(revoked.Living());
        // As Redis gives it back.
        revoked.Add("a", revoked.Living()["a"]);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Empty(revoked.Living());
    }

    [Fact]
    public void Revocation_WithAnEarlierEnd_KeepsTheLaterOne()
    {
        var revoked = new RevokedTokens(_time);
        revoked.Add("a", _time.GetUtcNow().AddHours(2));
        revoked.Add("a", _time.GetUtcNow().AddHours(1));
        revoked.Add("a", DateTimeOffset.MinValue);

        _time.Advance(TimeSpan.FromMinutes(90));

        Assert.Single(revoked.Living());
    }

    private static ClaimsPrincipal Bearer(string id) => new(new ClaimsIdentity([new("jti", id)]));
}

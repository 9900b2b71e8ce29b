using System.Security.Claims;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

public sealed class ValidatedTokensTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly RevokedTokens _revoked;
    private readonly ValidatedTokens _tokens;

    public ValidatedTokensTests()
    {
        _revoked = new(_clock);
        _tokens = new(_revoked, _clock);
    }

    [Fact]
    public void Token_SeenBefore_IsKnownUntilItExpires()
    {
        _tokens.Add("a.b.c", User("t"), _clock.GetUtcNow().AddSeconds(30));

        Assert.NotNull(_tokens.Find("a.b.c"));
        Assert.Null(_tokens.Find("a.b.C"));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Null(_tokens.Find("a.b.c"));
        Assert.Equal(0, _tokens.Count);
    }

    [Fact]
    public void Token_ThatLivesLong_IsCheckedAgainAfterMinutes()
    {
        _tokens.Add("a.b.c", User("t"), _clock.GetUtcNow().AddHours(12));
        _clock.Advance(ValidatedTokens.Lifetime);

        Assert.Null(_tokens.Find("a.b.c"));
    }

    [Fact]
    public void Token_Revoked_IsUnknownAtOnce()
    {
        _tokens.Add("a.b.c", User("t"), _clock.GetUtcNow().AddHours(1));

        _revoked.Add("t", _clock.GetUtcNow().AddHours(1));

        Assert.Null(_tokens.Find("a.b.c"));
    }

    [Fact]
    public void Tokens_BeyondTheCapacity_DoNotPileUp()
    {
        for (var i = 0; i < 3 * ValidatedTokens.Capacity; i++) _tokens.Add($"{i}", User("t"), _clock.GetUtcNow().AddHours(1));

        Assert.InRange(_tokens.Count, 1, ValidatedTokens.Capacity);
    }

    [Fact]
    public void Revocation_OfAnExpiredToken_IsForgotten()
    {
        _revoked.Add("t", _clock.GetUtcNow().AddMinutes(1));
        Assert.Single(_revoked.Living());
        _clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Empty(_revoked.Living());
    }

    private static ClaimsPrincipal User(string id) => new(new ClaimsIdentity([new("jti", id)], "test"));
}

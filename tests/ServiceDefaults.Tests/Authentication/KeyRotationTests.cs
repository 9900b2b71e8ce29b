using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace ServiceDefaults.Tests.Authentication;

/// <summary>An authority changes its keys, answers late, or not at all.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private const string Rs256 = SecurityAlgorithms.RsaSha256;
    private readonly RsaSecurityKey _first = FakeAuthority.NewRsa("k1"), _second = FakeAuthority.NewRsa("k2");

    // Real time is what tokens are dated by.
    private readonly ManualTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private FakeAuthority _authority = null!;
    private TestService _service = null!;

    public async Task InitializeAsync()
    {
        _authority = await FakeAuthority.StartAsync(_first);
        _service = await TestService.StartAsync(
            app => app.MapGet("/secured", (ClaimsPrincipal user) => user.Subject()), builder => builder.Services.AddSingleton<TimeProvider>(_clock), _authority.Settings);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _authority.DisposeAsync();
    }

    [Fact]
    public async Task NewKey_IsAcceptedWithItsFirstToken()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        _authority.Publish(_first, _second);
        _clock.Advance(AuthorityKeys.Pause);

        Assert.Equal(HttpStatusCode.OK, await AskAsync(_second));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        Assert.Equal(2, _authority.Asked);
    }

    [Fact]
    public async Task UnknownKeys_InAFlood_CostTheAuthorityOneQuestion()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        _clock.Advance(AuthorityKeys.Pause);
        var late = new TaskCompletionSource();
        _authority.Delay = late.Task;

        var flood = Enumerable.Range(0, 50).Select(i => AskAsync(new RsaSecurityKey(_second.Rsa) { KeyId = $"made-up-{i}" })).ToArray();
        // Who has a known key does not wait for it.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        late.SetResult();

        Assert.All(await Task.WhenAll(flood), code => Assert.Equal(HttpStatusCode.Unauthorized, code));
        Assert.Equal(2, _authority.Asked);
    }

    [Fact]
    public async Task WithdrawnKey_IsRefusedOnceItsTimeIsOver()
    {
        var token = _authority.Sign(_first, Rs256);
        Assert.Equal(HttpStatusCode.OK, (await _service.GetAsync("/secured", token)).StatusCode);
        _authority.Publish(_second);
        _clock.Advance(AuthorityKeys.Lifetime);

        // The first to come still has the old keys, and makes the service ask behind it.
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        await Eventually.HoldsAsync(async () => await AskAsync(_first) == HttpStatusCode.Unauthorized);

        Assert.Equal(HttpStatusCode.Unauthorized, (await _service.GetAsync("/secured", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_second));
    }

    [Fact]
    public async Task KeyReplacedUnderTheSameName_IsNotRemembered()
    {
        var replaced = new RsaSecurityKey(_second.Rsa) { KeyId = _first.KeyId };
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        _authority.Publish(replaced);
        _clock.Advance(AuthorityKeys.Lifetime);
        _ = await AskAsync(_first);

        await Eventually.HoldsAsync(async () => await AskAsync(replaced) == HttpStatusCode.OK);

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(_first));
    }

    [Fact]
    public async Task AuthorityThatIsAway_LeavesTheLastKeysGood()
    {
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
        _authority.IsAway = true;
        for (var i = 0; i < 5; i++)
        {
            _clock.Advance(AuthorityKeys.Lifetime);
            Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
            Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(_second));
        }
    }

    [Fact]
    public async Task AuthorityThatHasNeverAnswered_Is503_NotARefusal()
    {
        _authority.IsAway = true;

        var response = await _service.GetAsync("/secured", _authority.Sign(_first, Rs256));
        var open = await _service.GetAsync("/alive", _authority.Sign(_first, Rs256));
        _authority.IsAway = false;
        _clock.Advance(AuthorityKeys.Pause);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(_first));
    }

    private async Task<HttpStatusCode> AskAsync(SecurityKey key)
    {
        using var response = await _service.GetAsync("/secured", _authority.Sign(key, Rs256));
        return response.StatusCode;
    }
}

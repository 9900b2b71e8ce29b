using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Tests.Protocol;

public sealed class RequestIdTests
{
    [Theory]
    [InlineData("caller-1", true)]
    [InlineData("a:b/c+d=e_f.g", true)]
    [InlineData("has space", false)]
    [InlineData("<script>", false)]
    [InlineData(null, false)]
    public async Task RequestId_SaneOnesAreKept_OthersReplaced(string? given, bool kept)
    {
        await using var service = await TestService.StartAsync(app => app.MapGet("/id", (HttpContext context) => context.RequestId()).AllowAnonymous());
        var request = new HttpRequestMessage(HttpMethod.Get, "/id");
        if (given is not null) request.Headers.TryAddWithoutValidation("x-request-id", given);
        var response = await service.SendAsync(request, null);

        var echoed = response.Headers.GetValues("x-request-id").Single();
        Assert.Equal(echoed, await response.Content.ReadAsStringAsync());
        if (kept) Assert.Equal(given, echoed);
        else Assert.Matches("^[0-9a-f]{32}$", echoed);
    }

    [Fact]
    public async Task RequestId_LongerThan128_IsReplaced()
    {
        await using var service = await TestService.StartAsync(_ => { });
        var request = new HttpRequestMessage(HttpMethod.Get, "/alive");
        request.Headers.Add("x-request-id", new string('a', 129));
        Assert.Equal(32, (await service.SendAsync(request, null)).Headers.GetValues("x-request-id").Single().Length);
    }
}

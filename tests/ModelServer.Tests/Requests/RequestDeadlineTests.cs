using System.Net;
using System.Net.Http.Json;

namespace ModelServer.Tests.Requests;

public class RequestDeadlineTests(ModelServerHost host) : IClassFixture<ModelServerHost>
{
    [Theory]
    [InlineData("soon")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("99999999999")]
    public async Task Deadline_NotANumberOfMilliseconds_IsMalformed(string header)
    {
        using var response = await Send(header, "fine");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Deadline_Generous_ChangesNothing()
    {
        using var response = await Send("60000", "fine");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Deadline_PassesWhileTheEngineIsBusy_IsATimeout()
    {
        // A thousand long inputs keep the engine busy for far longer than a millisecond.
        using var response = await Send("1", [.. Enumerable.Repeat(string.Concat(Enumerable.Repeat("long ", 400)), 1000)]);

        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
    }

    private async Task<HttpResponseMessage> Send(string deadline, params string[] input)
    {
        var client = await host.CreateReadyClientAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/classify") { Content = JsonContent.Create(new { input, truncate = true }) };
        request.Headers.TryAddWithoutValidation("x-deadline-ms", deadline);
        return await client.SendAsync(request);
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Tests.BodyLimits;

public sealed class BodyLimitTests
{
    private const int Limit = 10_000;

    [Theory]
    [InlineData(Limit, false, 200)]
    [InlineData(Limit, true, 200)]
    [InlineData(Limit + 1, false, 413)]
    [InlineData(Limit + 1, true, 413)]
    [InlineData(4_000_000, false, 413)]
    [InlineData(4_000_000, true, 413)]
    public async Task Body_AroundItsLimit_IsTakenOrRefused(int size, bool chunked, int expected)
    {
        await using var service = await StartAsync();
        var response = await PostAsync(service, "/raw", size, chunked);

        Assert.Equal(expected, (int)response.StatusCode);
        if (expected == 200) Assert.Equal(size.ToString(), await response.Content.ReadAsStringAsync());
        else Assert.Equal("body_too_large", (await response.Content.ReadAsStringAsync()).Parse().GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Json_OverTheLimit_Is413InTheShapeOfItsRoute(bool chunked)
    {
        await using var service = await StartAsync();
        var response = await PostAsync(service, "/v1/json", 200_000, chunked, "application/json");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        var error = (await response.Content.ReadAsStringAsync()).Parse().GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RefusedBody_WithinTheDrain_LeavesTheConnectionUsable(bool chunked)
    {
        await using var service = await StartAsync();
        await PostAsync(service, "/raw", 2_000_000, chunked);
        var ports = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(413, (int)(await PostAsync(service, "/raw", 2_000_000, chunked)).StatusCode);
            ports.Add(await (await service.GetAsync("/port")).Content.ReadAsStringAsync());
        }

        Assert.Single(ports);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RefusedBody_BeyondTheDrain_ClosesTheConnection(bool chunked)
    {
        await using var service = await StartAsync();
        try
        {
            var response = await PostAsync(service, "/raw", 24_000_000, chunked);
            Assert.Equal(413, (int)response.StatusCode);
            Assert.True(response.Headers.ConnectionClose);
        }
        catch (HttpRequestException e) when (e.InnerException is IOException or SocketException)
        {
            // The other honest outcome: the server stopped reading, and the client was still writing.
        }

        Assert.Equal(200, (int)(await PostAsync(service, "/raw", 10, chunked)).StatusCode);
    }

    [Fact]
    public async Task RefusedBody_OfAClientThatAsksFirst_IsAnsweredWithoutBeingSent()
    {
        await using var service = await StartAsync();
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, service.Address.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync("POST /raw HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4000000\r\n\r\n"u8.ToArray());
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(4));
        var first = await new StreamReader(stream, Encoding.ASCII).ReadLineAsync(timeout.Token);

        Assert.Equal("HTTP/1.1 413 Payload Too Large", first);
    }

    [Fact]
    public async Task Body_OnAnEndpointWithoutALimit_IsHeldToTheServers()
    {
        await using var service = await StartAsync();
        Assert.Equal(200, (int)(await PostAsync(service, "/unlimited", 20_000_000, chunked: true)).StatusCode);
        Assert.Equal(413, (int)(await PostAsync(service, "/unlimited", 31_000_000, chunked: true)).StatusCode);
    }

    [Fact]
    public void Limit_OfNothing_IsRefused()
        => Assert.Throws<ArgumentOutOfRangeException>(() => WebApplication.CreateBuilder().Build().MapPost("/x", () => 1).WithBodyLimit(0));

    private static Task<TestService> StartAsync() => TestService.StartAsync(app =>
    {
        app.MapPost("/raw", CountAsync).WithBodyLimit(Limit).AllowAnonymous();
        app.MapPost("/unlimited", CountAsync).AllowAnonymous();
        app.MapPost("/v1/json", (JsonElement body) => body.ValueKind.ToString()).WithBodyLimit(Limit).AllowAnonymous();
        app.MapGet("/port", (HttpContext context) => context.Connection.RemotePort.ToString()).AllowAnonymous();
    });

    private static async Task<string> CountAsync(HttpRequest request)
    {
        long count = 0;
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer)) > 0;) count += read;
        return count.ToString();
    }

    private static async Task<HttpResponseMessage> PostAsync(TestService service, string path, int size, bool chunked, string type = "application/octet-stream")
    {
        var content = new ByteArrayContent(Encoding.ASCII.GetBytes('"' + new string('a', size - 2) + '"'));
        content.Headers.ContentType = new(type);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        return await service.SendAsync(request, null);
    }
}

using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ServiceDefaults.Tests.BodyLimits;

public sealed class ContentCodingTests
{
    private const int Limit = 10_000;

    /// <summary>A compressed body was called malformed JSON, and an unknown coding was ignored.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("GZIP")]
    [InlineData("x-gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("Deflate")]
    [InlineData("identity")]
    [InlineData("")]
    public async Task Body_InACodingThatIsServed_IsReadAsWhatItSays(string coding)
    {
        var (response, text) = await PostAsync(Encode("{\"text\":\"hello\"}", coding), coding);

        Assert.Equal((200, "hello"), ((int)response.StatusCode, text));
    }

    [Theory]
    [InlineData("foo")]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("gzip,gzip")]
    [InlineData("gzip;q=1")]
    public async Task Body_InACodingThatIsNot_Is415WithThoseThatAre(string coding)
    {
        var (response, text) = await PostAsync("{\"text\":\"hello\"}"u8.ToArray(), coding);

        Assert.Equal(415, (int)response.StatusCode);
        Assert.Equal("unsupported_content_encoding", text.Parse().GetProperty("code").GetString());
        Assert.Equal("gzip, br, deflate", string.Join(", ", response.Headers.GetValues("Accept-Encoding")));
    }

    [Theory]
    [InlineData("gzip", "plain")]
    [InlineData("br", "plain")]
    [InlineData("deflate", "plain")]
    [InlineData("gzip", "cut")]
    [InlineData("br", "cut")]
    [InlineData("deflate", "cut")]
    [InlineData("gzip", "broken")]
    [InlineData("deflate", "broken")]
    public async Task Body_ThatIsNotWhatItsCodingSays_Is400(string coding, string fault)
    {
        var random = new byte[3000];
        new Random(1).NextBytes(random);
        var body = Encode(JsonSerializer.Serialize(new { text = Convert.ToBase64String(random) }), coding);
        if (fault == "cut") body = body[..^20];
        if (fault == "broken") Array.Fill<byte>(body, 0xFF, body.Length / 2, 100);
        if (fault == "plain") body = Encoding.UTF8.GetBytes("{\"text\":\"hello\"}");

        var (response, text) = await PostAsync(body, coding);

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal("invalid_content_encoding", text.Parse().GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("gzip", false)]
    [InlineData("gzip", true)]
    [InlineData("br", false)]
    [InlineData("deflate", true)]
    public async Task Bomb_EndsAtTheLimit(string coding, bool chunked)
    {
        var bomb = Encode(new string(' ', 100_000_000), coding);
        var before = GC.GetTotalAllocatedBytes();

        var (response, _) = await PostAsync(bomb, coding, chunked);

        Assert.Equal(413, (int)response.StatusCode);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 20_000_000);
    }

    /// <summary>Members that say nothing: however many of them come, it is their own bytes that reach the limit.</summary>
    [Fact]
    public async Task Bomb_OfNothing_EndsAtTheLimitToo()
    {
        var nothing = Encode("", "gzip");
        if (nothing.Length == 0) nothing = [.. Encode(" ", "gzip")];
        var many = Enumerable.Repeat(nothing, 2 * Limit / nothing.Length).SelectMany(b => b).ToArray();

        var (response, _) = await PostAsync(many, "gzip", chunked: true);

        Assert.Equal(413, (int)response.StatusCode);
    }

    [Theory]
    [InlineData(Limit, 200)]
    [InlineData(Limit + 1, 413)]
    public async Task Limit_CountsWhatIsDecompressed(int size, int expected)
    {
        var (response, _) = await PostAsync(Encode($"{{\"text\":\"{new string('a', size - 11)}\"}}", "gzip"), "gzip");

        Assert.Equal(expected, (int)response.StatusCode);
    }

    private static byte[] Encode(string text, string coding)
    {
        var into = new MemoryStream();
        using (var encoder = Encoder(into, coding.ToLowerInvariant())) encoder.Write(Encoding.UTF8.GetBytes(text));
        return into.ToArray();
    }

    private static Stream Encoder(Stream into, string coding) => coding switch
    {
        "gzip" or "x-gzip" => new GZipStream(into, CompressionLevel.Fastest),
        "br" => new BrotliStream(into, CompressionLevel.Fastest),
        "deflate" => new ZLibStream(into, CompressionLevel.Fastest),
        _ => into,
    };

    private static async Task<(HttpResponseMessage Response, string Text)> PostAsync(byte[] body, string coding, bool chunked = false)
    {
        await using var service = await TestService.StartAsync(app => app.MapPost("/texts", (Body body, HttpRequest request) =>
            request.Headers.ContentEncoding.ToString() is "" or "identity" ? body.Text : "still encoded").WithBodyLimit(Limit).AllowAnonymous());
        var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        var request = new HttpRequestMessage(HttpMethod.Post, "/texts") { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        var response = await service.SendAsync(request, null);
        return (response, await response.Content.ReadAsStringAsync());
    }

    internal sealed record Body(string Text);
}

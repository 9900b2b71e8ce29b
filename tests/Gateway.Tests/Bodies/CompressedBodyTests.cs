using System.IO.Compression;
using System.Net;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Bodies;

public sealed class CompressedBodyTests
{
    /// <summary>The gateway reads what the model server reads: reservation, routing and limits go by the plain body, and so does what is forwarded.</summary>
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Body_InACoding_IsForwardedPlain(string coding)
    {
        await using var gateway = await GatewayHost.StartAsync(settings: [("RateLimiting:Tiers:default:TokensPerMinute", "100"), ("RateLimiting:BytesPerToken", "1")]);
        var (got, header) = ("", "");
        gateway.Replica.Answer = async context =>
        {
            got = await new StreamReader(context.Request.Body).ReadToEndAsync();
            header = context.Request.Headers.ContentEncoding.ToString();
            await context.Response.WriteAsJsonAsync(new { });
        };
        using var client = gateway.CreateInferClient();

        using var answer = await client.PostAsync("/v1/completions", Encode("""{"prompt":"x","max_tokens":40}""", coding));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("""{"prompt":"x","max_tokens":40}""", ""), (got, header));
        Assert.Equal($"{100 - 30 - 40}", answer.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }

    [Fact]
    public async Task Bomb_EndsAtTheRoutesLimit()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();

        using var answer = await client.PostAsync("/predict", Encode(new string(' ', 50_000_000), "gzip"));

        await ErrorShape.AssertAsync(answer, "/predict", 413);
        // The model server is the gateway's to reach again.
        using var next = await client.PredictAsync();
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Theory]
    [InlineData("zstd", 415)]
    [InlineData("gzip, gzip", 415)]
    [InlineData("gzip", 400)]
    public async Task Body_ThatCannotBeDecoded_IsRefusedByTheGateway(string coding, int status)
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateInferClient();
        var content = new StringContent("""{"text":"a"}""", Encoding.UTF8, "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);

        using var answer = await client.PostAsync("/v1/classify", content);

        await ErrorShape.AssertAsync(answer, "/v1/classify", status);
        Assert.Equal(status == 415, answer.Headers.TryGetValues("Accept-Encoding", out var served));
        if (status == 415) Assert.Equal("gzip, br, deflate", string.Join(", ", served!));
    }

    private static ByteArrayContent Encode(string text, string coding)
    {
        var into = new MemoryStream();
        using (Stream encoder = coding switch { "gzip" => new GZipStream(into, CompressionLevel.Fastest), "br" => new BrotliStream(into, CompressionLevel.Fastest), _ => new ZLibStream(into, CompressionLevel.Fastest) })
            encoder.Write(Encoding.UTF8.GetBytes(text));
        return new(into.ToArray()) { Headers = { ContentType = new("application/json"), ContentEncoding = { coding } } };
    }
}

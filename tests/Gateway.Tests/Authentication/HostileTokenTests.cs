using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Gateway.Tests.Hosting;
using Microsoft.IdentityModel.Tokens;
using Testing;

namespace Gateway.Tests.Authentication;

/// <summary>What comes from those who want in: refused with the right status, never a fault, and nothing of it in the log.</summary>
public sealed class HostileTokenTests
{
    private const int Requests = 5_000;

    [Fact]
    public async Task Headers_Doubled_AreRefusedEvenWithAGoodToken()
    {
        await using var gateway = await GatewayHost.StartAsync();
        using var client = gateway.CreateClient();
        var good = $"Bearer {TestTokens.Create()}";
        // Remembered as good, too.
        Assert.Equal(200, await RawRequest.SendAsync(gateway.Address, $"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {good}\r\n\r\n"));
        foreach (var (first, second) in new[] { (good, good), (good, "Bearer x"), ("Bearer x", good), (good, "Basic eDp5"), ("sk-x", good) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
            request.Headers.TryAddWithoutValidation("Authorization", [first, second]);
            // One line each, as an attacker would send them.
            var raw = await RawRequest.SendAsync(gateway.Address, $"GET /v1/models HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: {first}\r\nAuthorization: {second}\r\n\r\n");
            using var joined = await client.SendAsync(request);

            Assert.Equal(401, raw);
            Assert.Equal(HttpStatusCode.Unauthorized, joined.StatusCode);
        }
    }

    [Theory]
    [InlineData("../../../../dev/null")]
    [InlineData("'; DROP TABLE keys; --")]
    [InlineData("/etc/passwd")]
    [InlineData("http://127.0.0.1:1/keys")]
    [InlineData("\0")]
    public async Task KeyId_IsNeverMoreThanAName(string kid)
    {
        await using var gateway = await GatewayHost.StartAsync();
        var header = Encode($$"""{"alg":"HS256","typ":"JWT","kid":{{System.Text.Json.JsonSerializer.Serialize(kid)}},"jku":"http://127.0.0.1:1/keys","x5u":"http://127.0.0.1:1/c"}""");
        var payload = TestTokens.Create().Split('.')[1];
        // Signed with what a file at such a path would hold: nothing.
        var signature = System.Security.Cryptography.HMACSHA256.HashData(Array.Empty<byte>(), Encoding.ASCII.GetBytes($"{header}.{payload}"));
        using var client = gateway.CreateClient($"{header}.{payload}.{Base64UrlEncoder.Encode(signature)}");

        using var response = await client.PredictAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Random_HostileTokens_AreAllRefused_AndNothingOfThemIsLogged()
    {
        var log = new CapturedLog();
        await using var gateway = await GatewayHost.StartAsync(log: log);
        var good = TestTokens.Create();
        // Remembered first: near misses of a token that is known to be good.
        using (var client = gateway.CreateClient(good)) (await client.PredictAsync()).EnsureSuccessStatusCode().Dispose();
        using var attacker = gateway.CreateClient();
        var codes = new ConcurrentDictionary<int, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, cancellation) =>
        {
            var random = new Random(i);
            using var request = new HttpRequestMessage(HttpMethod.Get, i % 2 == 0 ? "/v1/models" : "/admin/keys");
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {Mutate(good, random)}");
            using var response = await attacker.SendAsync(request, cancellation);
            codes.AddOrUpdate((int)response.StatusCode, 1, (_, n) => n + 1);
        });

        // 400 and 431 are the server's own, for headers that are none.
        Assert.Equal(Requests, codes.Where(c => c.Key is 401 or 400 or 431).Sum(c => c.Value));
        Assert.True(codes[401] > Requests / 2);
        Assert.Equal(1, gateway.Replica.Count);
        var signature = good.Split('.')[2];
        Assert.Contains(log.Lines, line => line.StartsWith("Refused a bearer token", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(signature[..20], StringComparison.Ordinal) || line.Contains(good[..60], StringComparison.Ordinal));
    }

    private static string Mutate(string good, Random random)
    {
        var parts = good.Split('.');
        switch (random.Next(10))
        {
            case 0: return good[..random.Next(good.Length)];
            // Not the last character: its low bits carry nothing.
            case 1: return Flip(good, random.Next(good.Length - 1), random);
            case 2: return $"{Encode("""{"alg":"none"}""")}.{parts[1]}.";
            case 3: return $"{Encode("""{"alg":"NoNe","typ":"JWT"}""")}.{parts[1]}.{parts[2]}";
            case 4: return $"{parts[0]}.{Encode("""{"sub":"root","scope":"admin infer","exp":99999999999}""")}.{parts[2]}";
            case 5: return new string((char)random.Next('!', '~'), random.Next(1, 30_000));
            case 6: return string.Join('.', Enumerable.Repeat(parts[random.Next(3)], random.Next(1, 12)));
            case 7: return $"{Encode(new string('[', random.Next(1, 3000)))}.{parts[1]}.{parts[2]}";
            case 8:
                var bytes = new byte[random.Next(1, 400)];
                random.NextBytes(bytes);
                return $"{Base64UrlEncoder.Encode(bytes)}.{Base64UrlEncoder.Encode(bytes)}.{Base64UrlEncoder.Encode(bytes)}";
            default: return new string([.. Enumerable.Range(0, random.Next(1, 500)).Select(_ => (char)random.Next(' ', 127))]);
        }
    }

    private static string Flip(string text, int at, Random random)
    {
        var other = (char)random.Next('A', 'z');
        return text[at] == other ? text[..at] : text[..at] + other + text[(at + 1)..];
    }

    private static string Encode(string json) => Base64UrlEncoder.Encode(Encoding.UTF8.GetBytes(json));
}

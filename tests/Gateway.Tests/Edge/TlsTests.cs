using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Edge;

/// <summary>The gateway with a certificate of its own, configured as the documentation says.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tls-test-").FullName;
    private string _thumbprint = null!;
    private GatewayHost _gateway = null!;

    public async Task InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=gateway.test", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        _thumbprint = certificate.Thumbprint;
        var (path, keyPath) = (Path.Combine(_folder, "tls.crt"), Path.Combine(_folder, "tls.key"));
        await File.WriteAllTextAsync(path, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(keyPath, key.ExportPkcs8PrivateKeyPem());
        _gateway = await GatewayHost.StartAsync(settings:
            [("Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0"), ("Kestrel:Certificates:Default:Path", path), ("Kestrel:Certificates:Default:KeyPath", keyPath)]);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Request_OverTls_IsServedInTheVersionThatTheClientSpeaks(string version)
    {
        string? shown = null;
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = ((X509Certificate2)certificate!).Thumbprint) is not null } };
        using var client = new HttpClient(handler) { BaseAddress = _gateway.TlsAddress };
        using var request = new HttpRequestMessage(HttpMethod.Post, "/predict") { Version = Version.Parse(version), VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", TestTokens.Create());
        request.Content = JsonContent.Create(new { text = "fine" });

        using var response = await client.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, Version.Parse(version)), (response.StatusCode, response.Version));
        Assert.Equal(_thumbprint, shown);
        Assert.StartsWith("max-age=", response.Headers.GetValues("Strict-Transport-Security").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Handshake_OfATlsVersion_GoesOnFrom12(byte version, bool goesOn)
    {
        await using var connection = await RawConnection.OpenAsync(_gateway.TlsAddress!);
        await connection.Stream.WriteAsync(ClientHello(version));
        var record = new byte[7];

        await connection.Stream.ReadAtLeastAsync(record, record.Length, throwOnEndOfStream: false);

        // A handshake, or the fatal alert "protocol_version".
        if (goesOn) Assert.Equal(0x16, record[0]);
        else Assert.Equal((0x15, 2, 70), (record[0], record[5], record[6]));
    }

    [Fact]
    public async Task PlainText_OnTheTlsPort_IsNotServed()
    {
        await using var connection = await RawConnection.OpenAsync(_gateway.TlsAddress!);

        await connection.SendAsync("GET /alive HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

        Assert.Equal(0, await connection.ReadStatusAsync());
    }

    /// <summary>The first message of a client that speaks TLS 1.<paramref name="version"/> and nothing newer, with suites that it has.</summary>
    private static byte[] ClientHello(byte version)
    {
        // On the wire 1.0 is 3.1.
        var minor = (byte)(version + 1);
        // ECDHE-ECDSA with AES-CBC, and with AES-GCM for 1.2.
        byte[] suites = [0x00, 0x06, 0xC0, 0x09, 0xC0, 0x0A, 0xC0, 0x2B];
        byte[] groups = [0x00, 0x0A, 0x00, 0x04, 0x00, 0x02, 0x00, 0x17];
        byte[] signatures = [0x00, 0x0D, 0x00, 0x04, 0x00, 0x02, 0x04, 0x03];
        byte[] points = [0x00, 0x0B, 0x00, 0x02, 0x01, 0x00];
        byte[] extensions = [.. groups, .. points, .. minor == 3 ? signatures : []];
        byte[] hello = [0x03, minor, .. RandomNumberGenerator.GetBytes(32), 0x00, .. suites, 0x01, 0x00, 0x00, (byte)extensions.Length, .. extensions];
        byte[] handshake = [0x01, 0x00, 0x00, (byte)hello.Length, .. hello];
        return [0x16, 0x03, 0x01, 0x00, (byte)handshake.Length, .. handshake];
    }
}

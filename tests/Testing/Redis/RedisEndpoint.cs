using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Testing;

/// <summary>Where a server of a test's own listens, and one-word questions to it, so that the fixtures depend on no client.</summary>
internal sealed class RedisEndpoint
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(15);

    public IPEndPoint Address { get; } = FreeAddress();

    public int Port => Address.Port;

    public string Password { get; } = RandomNumberGenerator.GetHexString(24, lowercase: true);

    public string ConnectionString => $"{Address},password={Password}";

    /// <returns>The first line of the answer; null where nobody answers.</returns>
    public async Task<string?> TryAskAsync(string command)
    {
        using var limit = new CancellationTokenSource(AnswersWithin);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(Address, limit.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Form("AUTH", Password) + Form(command)), limit.Token);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return await reader.ReadLineAsync(limit.Token) == "+OK" ? await reader.ReadLineAsync(limit.Token) : null;
        }
        catch (Exception failure) when (failure is SocketException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private static string Form(params string[] words) => $"*{words.Length}\r\n" + string.Concat(words.Select(w => $"${w.Length}\r\n{w}\r\n"));

    private static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}

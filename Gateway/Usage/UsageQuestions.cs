using System.Net;
using System.Net.Sockets;
using Gateway.Replicas;
using Microsoft.Extensions.Options;

namespace Gateway.Usage;

/// <summary>An attempt at a request, as the model server that it was sent to knows it.</summary>
/// <param name="Authorization">What the request itself was sent with.</param>
internal readonly record struct Attempt(Uri Replica, string Name, string Authorization);

/// <summary>Asks a model server what an attempt took whose end has not come here: the client left, the deadline passed, the connection speaks HTTP/1.1.</summary>
internal sealed class UsageQuestions(IOptions<ConnectionOptions> options) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(0.5);

    // Names this gateway, so that two of them do not ask for each other's attempts.
    private readonly uint _gateway = (uint)Random.Shared.NextInt64(uint.MaxValue);
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = options.Value.ConnectTimeout }) { Timeout = UsageInquiry.Patience + Margin };
    private long _attempts;

    public string NextAttempt() => UsageInquiry.Format(_gateway, Interlocked.Increment(ref _attempts));

    /// <returns>Null when the model server does not say.</returns>
    public async Task<ReportedUsage?> AskAsync(Attempt attempt)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(attempt.Replica, UsageInquiry.Path(attempt.Name)));
        (request.Version, request.VersionPolicy) = (options.Value.Version, HttpVersionPolicy.RequestVersionExact);
        request.Headers.TryAddWithoutValidation("Authorization", attempt.Authorization);
        try
        {
            using var response = await _client.SendAsync(request);
            return response.StatusCode == HttpStatusCode.NoContent ? ReportedUsage.TakeFrom(response.Headers) : null;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}

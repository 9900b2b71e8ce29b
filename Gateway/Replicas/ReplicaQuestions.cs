using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Gateway.Replicas;

/// <summary>Asks every model server that is reached the same thing, as its caller: with the caller's token.</summary>
internal sealed class ReplicaQuestions(ReplicaPool pool, IOptions<ConnectionOptions> options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const long MaxAnswerBytes = 64 * 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectTimeout = options.Value.ConnectTimeout })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    /// <param name="path">The model servers' own address, with its query.</param>
    /// <param name="json">The body, or null for none.</param>
    /// <returns>One for each that is reached, also for one that then did not answer.</returns>
    public Task<ReplicaAnswer[]> AskAllAsync(HttpContext caller, HttpMethod method, string path, byte[]? json = null)
        => Task.WhenAll(pool.All.Where(r => r.IsReached).Select(r => AskAsync(r, caller, method, path, json)));

    public void Dispose() => _client.Dispose();

    private async Task<ReplicaAnswer> AskAsync(Replica replica, HttpContext caller, HttpMethod method, string path, byte[]? json)
    {
        using var request = new HttpRequestMessage(method, new Uri(replica.Address, path)) { Version = options.Value.Version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Authorization", caller.Request.Headers.Authorization.ToString());
        request.Headers.TryAddWithoutValidation(RequestIdExtensions.HeaderName, caller.RequestId());
        if (json is not null) request.Content = new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await _client.SendAsync(request, caller.RequestAborted);
            return new((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsByteArrayAsync(caller.RequestAborted));
        }
        catch (Exception e) when (e is HttpRequestException or SocketException || (e is OperationCanceledException && !caller.RequestAborted.IsCancellationRequested))
        {
            return ReplicaAnswer.None;
        }
    }
}

/// <param name="Status">0 where none came.</param>
internal sealed record ReplicaAnswer(int Status, string? ContentType, byte[] Body)
{
    public static readonly ReplicaAnswer None = new(0, null, []);

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>The answer to the caller where nobody could do what was asked: the first that says what is wrong; that nobody knows it, if all say so; else that it
    /// cannot be told now.</summary>
    public static IResult Refusal(IReadOnlyList<ReplicaAnswer> answers)
        => answers.FirstOrDefault(a => a.Status is >= 400 and < 500 and not 404) is { } refusal ? refusal.PassOn()
        : answers is not [] && answers.All(a => a.Status == StatusCodes.Status404NotFound) ? answers[0].PassOn()
        : new ApiErrorResult(new(503, "Not every model server can be asked now.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(1) });

    /// <summary>Answers the caller the same.</summary>
    public IResult PassOn() => new PassedOn(this);

    private sealed class PassedOn(ReplicaAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            (httpContext.Response.StatusCode, httpContext.Response.ContentType) = (answer.Status, answer.ContentType);
            await httpContext.Response.Body.WriteAsync(answer.Body, httpContext.RequestAborted);
        }
    }
}

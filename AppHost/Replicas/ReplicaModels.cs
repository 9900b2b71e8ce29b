using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using AppHost.Authentication;

namespace AppHost.Replicas;

/// <summary>One version of a model as a replica tells of it.</summary>
/// <param name="Reference"><c>name:version</c>.</param>
/// <param name="State"><c>loading</c>, <c>ready</c>, <c>error</c>, …</param>
/// <param name="Reason">Why it does not serve.</param>
internal sealed record ModelState(string Reference, string State, string? Reason, string? Task)
{
    /// <summary>What to mend although it serves.</summary>
    public string[] Warnings { get; init; } = [];

    public bool IsLoading => State == "loading";

    public bool IsReady => State == "ready";

    /// <summary>For people: what it does and what to mend, or why it does not serve.</summary>
    public string Words => this switch
    {
        { IsReady: true } => string.Concat([$"ready  {Task}".TrimEnd(), .. Warnings.Select(warning => $"  warning: {warning}")]),
        { State: "error" } => $"not served: {Reason}",
        _ => State,
    };
}

/// <summary>Asks a replica itself, not the gateway, which models it has.</summary>
internal sealed class ReplicaModels(TokenTrust tokens) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <returns>Null while the replica does not answer.</returns>
    public async Task<ModelState[]?> AskAsync(string replica, CancellationToken cancellationToken)
    {
        try
        {
            var token = await tokens.IssueAsync(DevelopmentToken.Request with { Subject = "dashboard", Scope = "models:read", Lifetime = TimeSpan.FromHours(0.1) }, cancellationToken);
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{replica}/v1/models") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
            request.Headers.Add("traceparent", Unsampled());
            using var response = await _http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            using var list = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return [.. list.RootElement.GetProperty("data").EnumerateArray().SelectMany(Versions)];
        }
        catch (Exception e) when (IsAbsence(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Whether a service answers 200 at an open address.</summary>
    public async Task<bool> IsOkAsync(string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (IsAbsence(e, cancellationToken))
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsAbsence(Exception e, CancellationToken cancellationToken)
        => e is HttpRequestException or JsonException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>A parent that is not sampled: what the host asks while it waits is no trace of anybody's.</summary>
    private static string Unsampled() => $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00";

    private static IEnumerable<ModelState> Versions(JsonElement model)
        => model.GetProperty("versions").EnumerateArray().Select(version => new ModelState(
            $"{model.GetProperty("id").GetString()}:{version.GetProperty("version").GetString()}",
            version.GetProperty("state").GetString()!,
            Text(version, "reason"),
            Text(version, "task"))
        {
            Warnings = version.TryGetProperty("warnings", out var told) && told.ValueKind == JsonValueKind.Array ? [.. told.EnumerateArray().Select(warning => warning.GetString()!)] : [],
        });

    private static string? Text(JsonElement version, string member) => version.TryGetProperty(member, out var value) ? value.GetString() : null;
}

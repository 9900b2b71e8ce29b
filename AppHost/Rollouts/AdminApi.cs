using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace AppHost.Rollouts;

/// <summary>Speaks with the gateway's <c>/admin/models</c>.</summary>
/// <param name="gateway">Where it is.</param>
/// <param name="token">One with the scope <c>admin</c>.</param>
internal sealed class AdminApi(Uri gateway, string token) : IDisposable
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true };

    // A load is answered when it has begun; nothing here takes long.
    private readonly HttpClient _http = new() { BaseAddress = gateway, Timeout = TimeSpan.FromSeconds(30), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };

    public Task<AdminAnswer<ModelCardList>> ListAsync(CancellationToken cancellationToken) => SendAsync<ModelCardList>(HttpMethod.Get, "admin/models", null, cancellationToken);

    public Task<AdminAnswer<ModelCard>> GetAsync(string model, CancellationToken cancellationToken) => SendAsync<ModelCard>(HttpMethod.Get, Path(model), null, cancellationToken);

    /// <param name="change">What to do.</param>
    public Task<AdminAnswer<ModelCard>> ChangeAsync(ModelChange change, CancellationToken cancellationToken)
    {
        var path = change.Version is null ? $"{Path(change.Model)}/{change.Action}" : $"{Path(change.Model)}/versions/{Uri.EscapeDataString(change.Version)}/{change.Action}";
        object? body = change switch { { Percent: { } percent } => new { percent }, { IsForced: true } => new { force = true }, _ => null };
        return SendAsync<ModelCard>(HttpMethod.Post, path, body, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string Path(string model) => $"admin/models/{Uri.EscapeDataString(model)}";

    /// <exception cref="AdminException">The gateway refuses, with its own sentence, or cannot be reached.</exception>
    private async Task<AdminAnswer<T>> SendAsync<T>(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            using var response = await _http.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (!response.IsSuccessStatusCode) throw new AdminException(Sentence(response, text)) { Status = response.StatusCode };
            var value = JsonSerializer.Deserialize<T>(text, Json) ?? throw new JsonException();
            return new(text, value, response.StatusCode == HttpStatusCode.Accepted);
        }
        catch (HttpRequestException e)
        {
            throw new AdminException($"No gateway answers at {gateway}. Start the platform with ./start, or say where it is with --gateway or --gateway-port.", e);
        }
        catch (JsonException e)
        {
            throw new AdminException($"What answers at {gateway} is not this platform's gateway.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminException($"The gateway at {gateway} did not answer in time.", e);
        }
    }

    private static string Sentence(HttpResponseMessage response, string text)
    {
        if (response.StatusCode == HttpStatusCode.Unauthorized) return "The gateway does not accept the token: name another with --token or PLATFORM_TOKEN.";
        if (response.StatusCode == HttpStatusCode.Forbidden) return "The token may not do this: it needs the scope admin.";
        return Detail(text) ?? $"The gateway answered {(int)response.StatusCode}.";
    }

    /// <summary>What a problem document says; each field that is wrong has a sentence of its own.</summary>
    private static string? Detail(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement is { ValueKind: JsonValueKind.Object } root
                ? Text(root, "detail") ?? Text(root, "title")
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement problem, string member) => problem.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>One answer.</summary>
/// <param name="Json">As it came.</param>
/// <param name="IsUnderWay">Whether it has only begun.</param>
internal sealed record AdminAnswer<T>(string Json, T Value, bool IsUnderWay);

/// <summary>The gateway refuses, or cannot be reached; the message is a whole sentence for people.</summary>
internal sealed class AdminException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Null where there was no answer.</summary>
    public HttpStatusCode? Status { get; init; }
}

/// <summary>What is asked of a model.</summary>
/// <param name="Action">load, activate, canary, shadow, unload or rollback.</param>
/// <param name="Version">Null for rollback.</param>
/// <param name="Percent">Of the callers, for a canary.</param>
/// <param name="IsForced">Unload also the only version that is ready.</param>
internal sealed record ModelChange(string Action, string Model, string? Version, double? Percent = null, bool IsForced = false);

using System.Text.Json;
using Gateway.Replicas;
using Yarp.ReverseProxy.Model;

namespace Gateway.Proxy;

/// <summary>Which model a request is for, where that matters: read from its address or from its body, of which no more is read ahead than is kept.</summary>
internal static class RequestedModel
{
    /// <summary>The model's <c>name</c> or <c>name:version</c>; null when the request names none or its body is too large to look at.</summary>
    public static async ValueTask<string?> ReadAsync(HttpRequest request, ReplayBody? body)
    {
        if (request.Path.StartsWithSegments("/v2/models", out var rest)) return rest.Value?.Split('/', 3) is [_, { Length: > 0 } name, ..] ? name : null;
        if (body is null || !HttpMethods.IsPost(request.Method)) return null;
        await body.ReadAheadAsync(request.HttpContext.RequestAborted);
        return Find(body.Kept);
    }

    /// <summary>The replicas that have the model ready, or all when none has: the answer is theirs.</summary>
    public static IReadOnlyList<DestinationState> Keep(IReadOnlyList<DestinationState> replicas, string model, ReplicaPool pool)
        => replicas.Where(r => pool.Find(r.DestinationId)?.Models.Contains(model) == true).ToArray() is { Length: > 0 } having ? having : replicas;

    /// <summary>The value of the outermost object's <c>model</c>; null where there is none, or no JSON.</summary>
    internal static string? Find(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isModel = reader.ValueTextEquals("model"u8);
                reader.Read();
                if (isModel) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (JsonException)
        {
            // The model server says what is wrong with it.
        }

        return null;
    }
}

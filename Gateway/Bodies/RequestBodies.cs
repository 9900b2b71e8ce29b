using System.Text.Json;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Gateway.Bodies;

/// <summary>Reads a request body ahead for those who need its content before it is forwarded; once, for whoever asks first. Beyond
/// <see cref="ReplayOptions.ReplayBytes"/> nothing is inspected: the model server judges the rest.</summary>
internal static class RequestBodies
{
    public static async ValueTask<RequestFacts> ReadFactsAsync(this HttpContext context)
        => await context.PeekBodyAsync() is { } peeked ? peeked.Facts : new RequestFacts(null, null, 1);

    /// <returns>Null for a request without a body.</returns>
    public static async ValueTask<PeekedRequest?> PeekBodyAsync(this HttpContext context)
    {
        if (context.Features.Get<PeekedRequest>() is { } known) return known;
        if (!context.Request.HasBody()) return null;
        var body = new ReplayBody(context.Request.BodyReader, context.RequestServices.GetRequiredService<IOptions<ReplayOptions>>().Value.ReplayBytes);
        context.Response.RegisterForDispose(body);
        await body.ReadAheadAsync(context.RequestAborted);
        context.Request.Body = body;
        var peeked = new PeekedRequest(body, RequestFacts.Read(body.Buffered));
        context.Features.Set(peeked);
        return peeked;
    }

    public static bool HasBody(this HttpRequest request) => request.HttpContext.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: false };
}

internal sealed record PeekedRequest(ReplayBody Body, RequestFacts Facts)
{
    /// <summary>Bytes of the body as far as they are known.</summary>
    public int Length => Body.Buffered.Length;
}

/// <summary>The members of a request body that the gateway needs, read in one forward pass.</summary>
/// <param name="Model">The model it names; null for none.</param>
/// <param name="CompletionTokens">The most tokens it asks to generate, all choices together; null where it sets no maximum.</param>
/// <param name="Choices">Answers asked for, of all prompts together.</param>
internal readonly record struct RequestFacts(string? Model, long? CompletionTokens, int Choices)
{
    private const int MaxModelLength = 256, MaxChoices = 1024;

    /// <returns>What could be read up to the first fault: the model server refuses the rest.</returns>
    public static RequestFacts Read(ReadOnlySpan<byte> json)
    {
        string? model = null;
        long? tokens = null;
        var (choices, prompts) = (1, 1);
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                var isTop = reader.CurrentDepth == 1;
                if (isTop && reader.ValueTextEquals("model"u8))
                {
                    reader.Read();
                    if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxModelLength) model = reader.GetString();
                }
                else if (isTop && reader.ValueTextEquals("n"u8))
                {
                    if (Number(ref reader) is { } n) choices = (int)Math.Clamp(n, 1, MaxChoices);
                }
                else if (isTop && reader.ValueTextEquals("prompt"u8))
                {
                    prompts = Prompts(ref reader);
                }
                else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8) || reader.ValueTextEquals("max_length"u8)
                    || reader.ValueTextEquals("max_new_tokens"u8))
                {
                    // A batch has one in each of its requests, Text Generation Inference's body one in its parameters.
                    if (Number(ref reader) is { } most) tokens = isTop ? Math.Max(most, tokens ?? 0) : most + (tokens ?? 0);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        var answers = (int)Math.Min((long)choices * prompts, MaxChoices);
        return new(model, tokens * answers, answers);
    }

    /// <summary>Counts the prompts in a list of texts or of lists of token ids; anything else is one prompt.</summary>
    private static int Prompts(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return 1;
        var (inside, count) = (reader.CurrentDepth + 1, 0);
        while (reader.Read() && reader.CurrentDepth >= inside)
            if (reader.CurrentDepth == inside && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray) count++;
        return Math.Max(count, 1);
    }

    private static long? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var value) ? Math.Clamp(value, 0, int.MaxValue) : null;
    }
}

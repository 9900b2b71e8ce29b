using System.Text.Json;

namespace Gateway.Bodies;

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
                else if (reader.ValueTextEquals("max_tokens"u8) || reader.ValueTextEquals("max_completion_tokens"u8) || reader.ValueTextEquals("max_length"u8))
                {
                    // A batch has one in each of its requests.
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

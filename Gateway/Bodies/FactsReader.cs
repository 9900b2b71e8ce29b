using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Bodies;

/// <summary>The members of a body that the gateway needs, as far as they were there.</summary>
internal record struct BodyMembers()
{
    public string? Model { get; set; }

    public int? MaxTokens { get; set; }

    public int? MaxCompletionTokens { get; set; }

    public int? MaxOutputTokens { get; set; }

    public int? MaxLength { get; set; }

    public int? MaxNewTokens { get; set; }

    public int? N { get; set; }

    /// <summary>How many there are in a list of texts or of lists of token ids; anything else is one.</summary>
    public int Prompts { get; set; } = 1;

    /// <summary>The most tokens that the requests of a batch ask for together.</summary>
    public long BatchTokens { get; set; }

    /// <summary>A hash of how the conversation or the prompt begins.</summary>
    public ulong? Conversation { get; set; }
}

/// <summary>Reads a body's own members in one forward pass, by their exact names; what is nested in others does not count, but for the requests of a batch and the parameters of a generation.</summary>
internal static class FactsReader
{
    private const int MaxModelLength = 256;

    /// <summary>Bytes of a prompt that are taken for its beginning. What is shorter changes with each turn.</summary>
    private const int PromptStart = 1024;

    /// <summary>Bytes of a conversation, up to the first message of its user, that are looked at.</summary>
    private const int ConversationStart = 16 * 1024;

    public static BodyMembers Read(BodyForm form, ReadOnlySpan<byte> json)
    {
        // The model server's reader passes it over too.
        if (json.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        var members = new BodyMembers();
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            ReadObject(ref reader, ref members, json, form);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
        }

        return members;
    }

    private static void ReadObject(ref Utf8JsonReader reader, ref BodyMembers members, ReadOnlySpan<byte> json = default, BodyForm form = BodyForm.Other)
    {
        if (reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8)) members.Model = Text(ref reader);
            else if (reader.ValueTextEquals("max_tokens"u8)) members.MaxTokens = Number(ref reader);
            else if (reader.ValueTextEquals("max_completion_tokens"u8)) members.MaxCompletionTokens = Number(ref reader);
            else if (reader.ValueTextEquals("max_output_tokens"u8)) members.MaxOutputTokens = Number(ref reader);
            else if (reader.ValueTextEquals("max_length"u8)) members.MaxLength = Number(ref reader);
            else if (reader.ValueTextEquals("n"u8)) members.N = Number(ref reader);
            else if (reader.ValueTextEquals("prompt"u8))
            {
                var from = (int)reader.BytesConsumed;
                members.Prompts = Prompts(ref reader);
                if (form == BodyForm.Completions) members.Conversation = Hash(json[from..(int)reader.BytesConsumed], PromptStart);
            }
            else if (form == BodyForm.Chat && reader.ValueTextEquals("messages"u8))
            {
                var from = (int)reader.BytesConsumed;
                members.Conversation = FirstMessages(ref reader) is { } end ? Hash(json[from..(int)end], ConversationStart) : null;
            }
            else if (form == BodyForm.Batch && reader.ValueTextEquals("requests"u8)) ReadRequests(ref reader, ref members);
            else if (form == BodyForm.Parameters && reader.ValueTextEquals("parameters"u8)) members.MaxNewTokens = ReadParameters(ref reader);
            else reader.Skip();
        }
    }

    private static void ReadRequests(ref Utf8JsonReader reader, ref BodyMembers members)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        var (count, model) = (0, (string?)null);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var request = new BodyMembers();
            if (reader.TokenType == JsonTokenType.StartObject) ReadObject(ref reader, ref request);
            else reader.Skip();
            members.BatchTokens += Math.Max(request.MaxLength ?? GenerateRequest.DefaultLength, 0);
            model = count++ == 0 || model == request.Model ? request.Model : null;
        }

        members.Model = model;
    }

    private static int? ReadParameters(ref Utf8JsonReader reader)
    {
        int? tokens = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("max_new_tokens"u8)) tokens = Number(ref reader);
            else reader.Skip();
        }

        return tokens;
    }

    private static int Prompts(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return 1;
        }

        var (inside, count) = (reader.CurrentDepth + 1, 0);
        while (reader.Read() && reader.CurrentDepth >= inside)
            if (reader.CurrentDepth == inside && reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray) count++;
        return Math.Max(count, 1);
    }

    /// <returns>Where the first message ends that the user wrote; null where there is none.</returns>
    private static long? FirstMessages(ref Utf8JsonReader reader)
    {
        long? end = null;
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return null;
        }

        var inside = reader.CurrentDepth + 1;
        while (reader.Read() && reader.CurrentDepth >= inside)
        {
            if (end is not null || reader.CurrentDepth != inside + 1 || reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("role"u8)) continue;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String || !reader.ValueTextEquals("user"u8)) continue;
            while (reader.Read() && reader.CurrentDepth > inside)
            {
            }

            end = reader.BytesConsumed;
        }

        return end;
    }

    private static ulong Hash(ReadOnlySpan<byte> start, int most)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(start[..Math.Min(start.Length, most)], hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.ValueSpan.Length <= MaxModelLength ? reader.GetString() : null;
        reader.Skip();
        return null;
    }

    private static int? Number(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number) return reader.TryGetInt32(out var value) ? value : null;
        reader.Skip();
        return null;
    }
}

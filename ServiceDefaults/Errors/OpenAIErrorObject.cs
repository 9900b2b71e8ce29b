using System.Text.Json;

namespace ServiceDefaults;

/// <summary>OpenAI's error object: alone in the answer to a failed request, among others in the answer to a batch, or the last event of a stream.</summary>
public sealed record OpenAIErrorObject(string Message, string Type, string? Param, string? Code)
{
    public static OpenAIErrorObject From(ApiError error) => new(error.Message, error.OpenAIType, error.Param, error.Code);
}

/// <summary>The whole body.</summary>
public sealed record OpenAIErrorBody(OpenAIErrorObject Error)
{
    public static OpenAIErrorBody From(ApiError error) => new(OpenAIErrorObject.From(error));

    /// <summary>As UTF-8, on one line.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ErrorJson.Readable.OpenAIErrorBody);
}

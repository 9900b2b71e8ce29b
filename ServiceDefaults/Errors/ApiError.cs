using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServiceDefaults.Contracts;

namespace ServiceDefaults.Errors;

/// <summary>What went wrong, in terms that every error shape of the platform can carry. Never holds exception text.</summary>
/// <param name="Status">The HTTP status code.</param>
/// <param name="Message">One plain sentence for the caller.</param>
public sealed record ApiError(int Status, string Message)
{
    /// <summary>The request field at fault, or null.</summary>
    public string? Param { get; init; }

    /// <summary>A stable machine-readable word, such as <c>model_not_found</c>, or null.</summary>
    public string? Code { get; init; }

    /// <summary>The time after which trying again makes sense; sent as <c>Retry-After</c> in whole seconds, at least 1.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether another model server may well answer. A header says so to the gateway, which keeps it to itself.</summary>
    public bool AskElsewhere { get; init; }

    /// <summary>Makes OpenAI's error object of it.</summary>
    public ApiErrorDetail ToDetail() => new(Message, OpenAIType, Param, Code);

    /// <summary>Makes a stream's last event of it, in UTF-8: in the form of the path's errors.</summary>
    public byte[] ToEvent(PathString path) => path.StartsWithSegments("/v1/responses")
        // What has been sent is not counted here.
        ? [.. "event: error\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(new ResponsesEvent("error") { Code = Code, Message = Message, Param = Param }, ErrorJson.Readable.ResponsesEvent), .. "\n\n"u8]
        : [.. "data: "u8, .. ToEventData(path), .. "\n\n"u8];

    private byte[] ToEventData(PathString path) => ErrorShapes.Of(path) == ErrorShape.HuggingFace
        ? JsonSerializer.SerializeToUtf8Bytes(ToHuggingFace(path), ErrorJson.Readable.HuggingFaceError)
        : JsonSerializer.SerializeToUtf8Bytes(ToBody(), ErrorJson.Readable.ApiErrorBody);

    /// <summary>Makes the error of Hugging Face's servers of it, in the words of Text Generation Inference on its routes, elsewhere in those of Text Embeddings
    /// Inference.</summary>
    public HuggingFaceError ToHuggingFace(PathString path)
    {
        var generates = path.StartsWithSegments("/generate") || path.StartsWithSegments("/generate_stream");
        return new(Message, Status switch
        {
            429 => generates ? "overloaded" : "Overloaded",
            503 => generates ? "overloaded" : Code == "overloaded" ? "Overloaded" : "Unhealthy",
            424 or >= 500 => generates ? "generation" : "Backend",
            _ => generates ? "validation" : "Validation",
        });
    }

    internal ApiErrorBody ToBody() => new(ToDetail());

    private string OpenAIType => Status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    /// <summary>The error for a status that arose without a message, such as an unmatched route.</summary>
    internal static ApiError ForStatus(int status) => status switch
    {
        400 => new(status, "The request is malformed.") { Code = "bad_request" },
        401 => new(status, "A valid bearer token is required.") { Code = "unauthorized" },
        403 => new(status, "The token does not allow this.") { Code = "forbidden" },
        404 => new(status, "There is nothing at this address.") { Code = "not_found" },
        405 => new(status, "The method is not allowed here.") { Code = "method_not_allowed" },
        408 => new(status, "The request took too long to arrive.") { Code = "request_timeout" },
        413 => new(status, "The request body is too large.") { Code = "body_too_large" },
        415 => new(status, "The content type must be application/json.") { Code = "unsupported_media_type" },
        429 => new(status, "Too many requests.") { Code = "rate_limit_exceeded" },
        503 => new(status, "The service is not ready.") { Code = "unavailable", RetryAfter = TimeSpan.FromSeconds(1) },
        504 => new(status, "The deadline passed.") { Code = "deadline_exceeded" },
        >= 500 => new(status, "The service failed to answer.") { Code = "internal_error" },
        _ => new(status, "The request was refused."),
    };
}

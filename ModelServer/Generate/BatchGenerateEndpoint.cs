using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ModelServer.Embed;
using ModelServer.Generation;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;
using ServiceDefaults.Protocol;

namespace ModelServer.Generate;

/// <summary><c>POST /v1/batch-generate</c>: several requests at once. Each fails alone.</summary>
internal static class BatchGenerateEndpoint
{
    public static async Task<IResult> HandleAsync(
        BatchGenerateRequest request, TextGenerator generator, ExceptionTable errors, IOptions<JsonOptions> json, IOptions<GenerateOptions> options, HttpContext http, TimeProvider time)
    {
        if (request.Validate(options.Value.MaxBatchRequests) is { } error) return new ApiErrorResult(error);
        var caller = Caller.From(http);
        var results = await Task.WhenAll(request.Requests!.Select((item, i) => AnswerAsync(item, $"{http.RequestId()}-{i}")));
        new ReportedUsage(null, results.Sum(r => r.PromptTokens), results.Sum(r => r.CompletionTokens)).WriteTo(http.Response.Headers);
        return TypedResults.Ok(new BatchGenerateResponse(results, request.BatchId ?? http.RequestId(), results.Count(r => r.Error is null)));

        async Task<BatchGenerateResult> AnswerAsync(JsonElement item, string id)
        {
            var start = time.GetTimestamp();
            try
            {
                var one = item.Deserialize<GenerateRequest>(json.Value.SerializerOptions);
                if (one is null) return BatchGenerateResult.Failed(id, new(422, "A request must be an object.") { Code = "field_invalid" });
                if (one.Validate() is { } invalid) return BatchGenerateResult.Failed(id, invalid);
                using var generation = generator.Start(one.ToGeneration(caller));
                var answers = await generation.ReadToEndAsync(http.RequestAborted);
                return new(id, answers[0].Text, time.GetElapsedTime(start).TotalSeconds, generation.Version.Name, generation.Version.Version, Error: null)
                {
                    PromptTokens = generation.PromptTokens,
                    CompletionTokens = generation.CompletionTokens,
                };
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return BatchGenerateResult.Failed(id, errors.ToError(e, http));
            }
        }
    }
}

/// <param name="Requests">Each as of <c>/v1/generate</c>; read one by one, so that a bad one spoils no other.</param>
/// <param name="BatchId">Repeated in the answer; the request's id if null.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BatchGenerateRequest(JsonElement[]? Requests, string? BatchId)
{
    private const int MaxIdLength = 256;

    internal ApiError? Validate(int maxRequests) => this switch
    {
        { Requests: null } => new(422, "requests is required.") { Param = "requests", Code = "field_required" },
        { Requests: [] } => Invalid("requests", "requests must not be empty."),
        _ when Requests.Length > maxRequests => Invalid("requests", $"requests has {Requests.Length} items; at most {maxRequests} are allowed."),
        { BatchId.Length: > MaxIdLength } => Invalid("batch_id", $"batch_id may have at most {MaxIdLength} characters."),
        _ => null,
    };

    private static ApiError Invalid(string param, string message) => new(422, message) { Param = param, Code = "field_invalid" };
}

/// <param name="Results">One for each request, in order.</param>
/// <param name="ProcessedCount">How many were answered without an error.</param>
internal sealed record BatchGenerateResponse(BatchGenerateResult[] Results, string BatchId, int ProcessedCount);

/// <summary>An answer as of <c>/v1/generate</c>, or an error.</summary>
internal sealed record BatchGenerateResult(
    string RequestId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? GeneratedText,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] double? InferenceTime,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Model,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ModelVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] OpenAIErrorObject? Error)
{
    [JsonIgnore]
    public int PromptTokens { get; init; }

    [JsonIgnore]
    public int CompletionTokens { get; init; }

    public static BatchGenerateResult Failed(string id, ApiError error) => new(id, null, null, null, null, OpenAIErrorObject.From(error));
}

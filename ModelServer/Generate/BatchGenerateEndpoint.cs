using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ModelServer.Generation;
using ModelServer.Requests;

namespace ModelServer.Generate;

/// <summary><c>POST /v1/batch-generate</c>: several requests at once. Each fails alone.</summary>
internal static class BatchGenerateEndpoint
{
    public static async Task<IResult> HandleAsync(
        BatchGenerateRequest request, TextGenerator generator, ExceptionTable errors, IOptions<JsonOptions> json, HttpContext http, TimeProvider time)
    {
        var caller = Caller.From(http);
        var answers = await Task.WhenAll(request.Requests.Select((item, i) => AnswerAsync(item, $"{http.RequestId()}-{i}")));
        return TypedResults.Ok(new BatchGenerateResponse(answers, request.BatchId ?? http.RequestId(), answers.Count(r => r is BatchGenerateAnswer)));

        async Task<BatchGenerateResult> AnswerAsync(JsonElement item, string id)
        {
            var start = time.GetTimestamp();
            try
            {
                var one = item.Deserialize<GenerateRequest>(json.Value.SerializerOptions);
                if (one is null) return Failed(id, new(422, "A request must be an object.") { Code = "field_invalid" });
                if (one.Validate() is { } invalid) return Failed(id, invalid.ToApiError(StatusCodes.Status422UnprocessableEntity));
                using var generation = generator.Start(one.ToGeneration(caller));
                var text = (await generation.ReadToEndAsync(http.RequestAborted))[0].Text;
                return new BatchGenerateAnswer(id, text, time.GetElapsedTime(start).TotalSeconds, generation.Version.Name, generation.Version.Version);
            }
            catch (JsonException e)
            {
                return Failed(id, ExceptionTable.ToError(e, http, item, typeof(GenerateRequest)));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return Failed(id, errors.ToError(e, http));
            }
        }
    }

    public static FieldError? Validate(this BatchGenerateRequest request, int maxRequests) => request switch
    {
        { Requests: null } => FieldError.Required("requests"),
        { Requests: [] } => new("requests", "requests must not be empty."),
        _ when request.Requests.Length > maxRequests
            => new("requests", $"requests has {request.Requests.Length} items; at most {maxRequests} are allowed."),
        { BatchId.Length: > BatchGenerateRequest.MaxIdLength }
            => new("batch_id", $"batch_id may have at most {BatchGenerateRequest.MaxIdLength} characters."),
        _ => null,
    };

    private static BatchGenerateFailure Failed(string id, ApiError error) => new BatchGenerateFailure(id, error.ToDetail());
}

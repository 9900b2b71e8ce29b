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
        new ReportedUsage(null, answers.Sum(a => a.PromptTokens), answers.Sum(a => a.CompletionTokens)).WriteTo(http.Response.Headers);
        var results = Array.ConvertAll(answers, a => a.Result);
        return TypedResults.Ok(new BatchGenerateResponse(results, request.BatchId ?? http.RequestId(), results.Count(r => r.Error is null)));

        async Task<Answer> AnswerAsync(JsonElement item, string id)
        {
            var start = time.GetTimestamp();
            try
            {
                var one = item.Deserialize<GenerateRequest>(json.Value.SerializerOptions);
                if (one is null) return Answer.Failed(id, new(422, "A request must be an object.") { Code = "field_invalid" });
                if (one.Validate() is { } invalid) return Answer.Failed(id, invalid.ToApiError(StatusCodes.Status422UnprocessableEntity));
                using var generation = generator.Start(one.ToGeneration(caller));
                var text = (await generation.ReadToEndAsync(http.RequestAborted))[0].Text;
                var result = new BatchGenerateResult(id, text, time.GetElapsedTime(start).TotalSeconds, generation.Version.Name, generation.Version.Version);
                return new(result, generation.PromptTokens, generation.CompletionTokens);
            }
            catch (JsonException e)
            {
                return Answer.Failed(id, ExceptionTable.ToError(e, http, item, typeof(GenerateRequest)));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return Answer.Failed(id, errors.ToError(e, http));
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

    private sealed record Answer(BatchGenerateResult Result, int PromptTokens = 0, int CompletionTokens = 0)
    {
        public static Answer Failed(string id, ApiError error) => new(new BatchGenerateResult(id, Error: error.ToDetail()));
    }
}

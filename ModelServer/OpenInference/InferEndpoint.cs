using ModelServer.Admission;
using ModelServer.Requests;
using ModelServer.Scheduling;

namespace ModelServer.OpenInference;

/// <summary><c>POST /v2/models/{model}[/versions/{version}]/infer</c>: tensors in, tensors out; or the texts of a task in, and what it says of them out.</summary>
internal static class InferEndpoint
{
    public static async Task<IResult> HandleAsync(string model, string? version, TensorPipeline tensors, TextPipeline texts, TimeProvider time, HttpContext http)
    {
        var aborted = http.RequestAborted;
        using var body = await InferBody.ReadAsync(http.Request, aborted);
        var request = InferReader.Read(body.Bytes, body.JsonLength);
        using var timeout = request.Parameters.Timeout > TimeSpan.Zero ? new CancellationTokenSource(request.Parameters.Timeout, time) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(aborted, timeout?.Token ?? CancellationToken.None);
        try
        {
            var (reference, caller) = (version is null ? model : $"{model}:{version}", CallerOf(http, request.Parameters, either.Token));
            return new InferResult(request.IsOfTexts ? await texts.RunAsync(reference, request, caller, either.Token) : await tensors.RunAsync(reference, request, caller, either.Token), request.Id);
        }
        catch (OperationCanceledException)
        {
            body.Keep();
            if (timeout is { IsCancellationRequested: true } && !aborted.IsCancellationRequested) throw new DeadlineExceededException();
            throw;
        }
        catch (Exception e) when (e is not (InvalidFieldException or OverloadedException))
        {
            body.Keep();
            throw;
        }
    }

    /// <summary>Priorities below the highest are batch work; the highest is no more than what the caller may have anyway.</summary>
    private static Caller CallerOf(HttpContext http, InferParameters parameters, CancellationToken aborted)
    {
        var caller = Caller.From(http) with { Aborted = aborted };
        return parameters.Priority > 1 ? caller with { Lane = caller.Lane with { Priority = RequestPriority.Batch } } : caller;
    }
}

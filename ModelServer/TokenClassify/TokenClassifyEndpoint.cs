using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.TokenClassify;

/// <summary><c>POST /v1/token-classify</c>: the entities of each input, in order.</summary>
internal static class TokenClassifyEndpoint
{
    /// <summary>The label of tokens that are of no entity.</summary>
    private static readonly string[] Outside = ["O"];

    public static async Task<IResult> HandleAsync(TokenClassifyRequest request, TokenClassifier classifier, HttpContext http)
    {
        var aggregation = Enum.Parse<Aggregation>(request.Aggregation ?? TokenClassifyRequest.Simple, ignoreCase: true);
        var inputs = new TokenClassifyInputs(request.Model, request.Input.Items, aggregation, [.. request.IgnoreLabels ?? Outside], request.Stride, request.Truncate);
        var result = await classifier.ClassifyAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(new TokenClassifyResponse(result.Version.Name, result.Version.Version, result.Results, Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this TokenClassifyRequest request, int maxInputs) => request switch
    {
        { Aggregation: not (null or TokenClassifyRequest.None or TokenClassifyRequest.Simple or TokenClassifyRequest.First or TokenClassifyRequest.Average or TokenClassifyRequest.Max) }
            => new("aggregation", "aggregation must be none, simple, first, average or max."),
        { Stride: < 0 } => new("stride", "stride must be at least 0."),
        { Stride: not null, Truncate: true } => new("stride", "stride is for texts that are read in windows; with truncate they are cut."),
        _ when request.IgnoreLabels?.Contains(null) == true => new("ignore_labels", "ignore_labels must not contain null."),
        _ => request.Input.Fault("input", maxInputs),
    };
}

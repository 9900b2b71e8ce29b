using ModelServer.Answers;
using ModelServer.Requests;

namespace ModelServer.FillMask;

/// <summary><c>POST /v1/fill-mask</c>: which tokens a text's masks stand for.</summary>
internal static class FillMaskEndpoint
{
    private const int UsualCandidates = 5;

    public static async Task<IResult> HandleAsync(FillMaskRequest request, MaskFiller filler, HttpContext http)
    {
        var inputs = new FillMaskInputs(request.Model, request.Input.Items, request.TopK ?? UsualCandidates, request.Targets?.Items, request.Truncate);
        var result = await filler.FillAsync(inputs, Caller.From(http), http.RequestAborted);

        ResponseHeaders.Write(http, result.Version.Version, result.Timing);
        return TypedResults.Ok(new FillMaskResponse(result.Version.Name, result.Version.Version, result.Results, Usage.OfPrompt(result.Tokens)));
    }

    public static FieldError? Validate(this FillMaskRequest request, FillMaskOptions options) => request switch
    {
        { TopK: < 1 or > FillMaskRequest.MostCandidates } => new("top_k", $"top_k must be 1 to {FillMaskRequest.MostCandidates}."),
        { Targets: not null } when request.Targets.Fault("targets", options.MaxTargets) is { } fault => fault,
        _ => request.Input.Fault("input", options.MaxInputs),
    };
}

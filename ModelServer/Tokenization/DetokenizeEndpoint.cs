using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Tokenization;

/// <summary><c>POST /v1/detokenize</c>: the text of token ids, its spaces cleaned up where the tokenizer's configuration says so.</summary>
internal static class DetokenizeEndpoint
{
    public static IResult Handle(DetokenizeRequest request, ModelCatalog catalog, IOptions<TokenizationOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxIds) is { } error) return new ApiErrorResult(error);
        using var lease = catalog.AcquireNamed(request.Model);
        http.User.Require(lease.Version, request.Model);
        var tokenizer = lease.Loaded.Tokenizer;
        var unknown = Array.FindIndex(request.Ids, id => tokenizer.IdToToken(id) is null);
        if (unknown >= 0) return new ApiErrorResult(Invalid($"ids has {request.Ids[unknown]}, which is no token of the model."));

        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        return TypedResults.Ok(new DetokenizeResponse(
            tokenizer.Decode(request.Ids, request.SkipSpecialTokens, tokenizer.Config.CleanUpSpaces), lease.Version.Name, lease.Version.Version));
    }

    private static ApiError? Validate(this DetokenizeRequest request, int maxIds) => request switch
    {
        { Model: null } => new(422, "model is required.") { Param = "model", Code = "field_required" },
        { Ids: null } => new(422, "ids is required.") { Param = "ids", Code = "field_required" },
        _ when request.Ids.Length > maxIds => Invalid($"ids has {request.Ids.Length} items; at most {maxIds} are allowed."),
        _ => null,
    };

    private static ApiError Invalid(string message) => new(422, message) { Param = "ids", Code = "field_invalid" };
}

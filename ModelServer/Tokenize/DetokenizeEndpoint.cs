using ModelServer.Models;

namespace ModelServer.Tokenize;

/// <summary><c>POST /v1/detokenize</c>: the text of token ids, its spaces cleaned up where the tokenizer's configuration says so.</summary>
internal static class DetokenizeEndpoint
{
    public static IResult Handle(DetokenizeRequest request, ModelCatalog catalog, HttpContext http)
    {
        using var lease = catalog.AcquireNamed(request.Model, http.User);
        var tokenizer = lease.Loaded.Tokenizer;
        var unknown = Array.FindIndex(request.Ids, id => tokenizer.IdToToken(id) is null);
        if (unknown >= 0) return new FieldErrorResult(new("ids", $"ids has {request.Ids[unknown]}, which is no token of the model."));

        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        return TypedResults.Ok(new DetokenizeResponse(
            tokenizer.Decode(request.Ids, request.SkipSpecialTokens, tokenizer.Config.CleanUpSpaces), lease.Version.Name, lease.Version.Version));
    }

    public static FieldError? Validate(this DetokenizeRequest request, int maxIds) => request switch
    {
        { Model: null } => FieldError.Required("model"),
        { Ids: null } => FieldError.Required("ids"),
        _ when request.Ids.Length > maxIds => new("ids", $"ids has {request.Ids.Length} items; at most {maxIds} are allowed."),
        _ => null,
    };
}

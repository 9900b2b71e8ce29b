using Microsoft.Extensions.Options;
using ModelServer.Models;

namespace ModelServer.Tokenization;

/// <summary><c>POST /v1/tokenize</c>: the tokens that a model sees of a text or a pair, none left out.</summary>
internal static class TokenizeEndpoint
{
    public static IResult Handle(TokenizeRequest request, ModelCatalog catalog, IOptions<TokenizationOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxCharacters) is { } error) return new ApiErrorResult(error);
        using var lease = catalog.AcquireNamed(request.Model);
        http.User.Require(lease.Version, request.Model);
        var tokenizer = lease.Loaded.Tokenizer;
        var encoding = tokenizer.Encode(request.Text, request.TextPair, request.AddSpecialTokens);

        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        return TypedResults.Ok(new TokenizeResponse(
            encoding.Ids,
            Array.ConvertAll(encoding.Ids, id => tokenizer.IdToToken(id) ?? ""),
            Array.ConvertAll(encoding.CodePointOffsets(request.Text, request.TextPair), span => new[] { span.Start, span.End }),
            encoding.Ids.Length,
            lease.Version.Name,
            lease.Version.Version));
    }

    private static ApiError? Validate(this TokenizeRequest request, int maxCharacters) => request switch
    {
        { Model: null } => new(422, "model is required.") { Param = "model", Code = "field_required" },
        { Text: null } => new(422, "text is required.") { Param = "text", Code = "field_required" },
        _ when request.Text.Length + (request.TextPair?.Length ?? 0) > maxCharacters
            => new(422, $"text and text_pair have more than {maxCharacters} characters.") { Param = "text", Code = "field_invalid" },
        _ => null,
    };
}

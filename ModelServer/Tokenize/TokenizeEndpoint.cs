using ModelServer.Models;

namespace ModelServer.Tokenize;

/// <summary><c>POST /v1/tokenize</c>: the tokens that a model sees of a text or a pair, none left out.</summary>
internal static class TokenizeEndpoint
{
    public static IResult Handle(TokenizeRequest request, ModelCatalog catalog, HttpContext http)
    {
        using var lease = catalog.AcquireNamed(request.Model, http.User);
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

    public static FieldError? Validate(this TokenizeRequest request, int maxCharacters) => request switch
    {
        { Model: null } => FieldError.Required("model"),
        { Text: null } => FieldError.Required("text"),
        _ when request.Text.Length + (request.TextPair?.Length ?? 0) > maxCharacters
            => new("text", $"text and text_pair have more than {maxCharacters} characters."),
        _ => null,
    };
}

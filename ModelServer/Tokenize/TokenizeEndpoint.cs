using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;
using ServiceDefaults.Protocol;

namespace ModelServer.Tokenize;

/// <summary><c>POST /v1/tokenize</c>: the tokens that a model sees of a text or a pair, none left out.</summary>
internal static class TokenizeEndpoint
{
    public static IResult Handle(TokenizeRequest request, ModelCatalog catalog, IOptions<TokenizeOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxCharacters) is { } error) return new ApiErrorResult(error);
        using var lease = catalog.AcquireNamed(request.Model!, http.User);
        var tokenizer = lease.Loaded.Tokenizer;
        var encoding = tokenizer.Encode(request.Text!, request.TextPair, request.AddSpecialTokens);

        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        return TypedResults.Ok(new TokenizeResponse(
            encoding.Ids,
            Array.ConvertAll(encoding.Ids, id => tokenizer.IdToToken(id) ?? ""),
            Array.ConvertAll(encoding.CodePointOffsets(request.Text!, request.TextPair), span => new[] { span.Start, span.End }),
            encoding.Ids.Length,
            lease.Version.Name,
            lease.Version.Version));
    }
}

/// <param name="Text">May be empty.</param>
/// <param name="TextPair">A second text; an empty one is still one.</param>
/// <param name="AddSpecialTokens">Whether the tokens that the model's template adds are there.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record TokenizeRequest(string? Model, string? Text, string? TextPair, bool AddSpecialTokens = true)
{
    internal ApiError? Validate(int maxCharacters) => this switch
    {
        { Model: null } => new(422, "model is required.") { Param = "model", Code = "field_required" },
        { Text: null } => new(422, "text is required.") { Param = "text", Code = "field_required" },
        _ when Text.Length + (TextPair?.Length ?? 0) > maxCharacters
            => new(422, $"text and text_pair have more than {maxCharacters} characters.") { Param = "text", Code = "field_invalid" },
        _ => null,
    };
}

/// <param name="Tokens">As the vocabulary spells them.</param>
/// <param name="Offsets">Where each token stands in its own text, start and end in Unicode code points; [0, 0] for special tokens.</param>
public sealed record TokenizeResponse(int[] Ids, string[] Tokens, int[][] Offsets, int Count, string Model, string ModelVersion);

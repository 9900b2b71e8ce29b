using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using ModelServer.Embed;
using ModelServer.Models;
using ModelServer.OpenAI;
using ModelServer.Requests;
using ServiceDefaults;
using ServiceDefaults.Protocol;

namespace ModelServer.Tokenize;

/// <summary><c>POST /v1/detokenize</c>: the text of token ids, its spaces cleaned up where the tokenizer's configuration says so.</summary>
internal static class DetokenizeEndpoint
{
    public static IResult Handle(DetokenizeRequest request, ModelCatalog catalog, IOptions<TokenizeOptions> options, HttpContext http)
    {
        if (request.Validate(options.Value.MaxIds) is { } error) return new ApiErrorResult(error);
        using var lease = catalog.AcquireNamed(request.Model!, http.User);
        var tokenizer = lease.Loaded.Tokenizer;
        var unknown = Array.FindIndex(request.Ids!, id => tokenizer.IdToToken(id) is null);
        if (unknown >= 0) return new ApiErrorResult(Invalid($"ids has {request.Ids![unknown]}, which is no token of the model."));

        http.Response.Headers[AnswerHeaders.ModelVersion] = lease.Version.Version;
        return TypedResults.Ok(new DetokenizeResponse(
            tokenizer.Decode(request.Ids!, request.SkipSpecialTokens, tokenizer.Config.CleanUpSpaces), lease.Version.Name, lease.Version.Version));
    }

    internal static ApiError Invalid(string message) => new(422, message) { Param = "ids", Code = "field_invalid" };
}

/// <param name="SkipSpecialTokens">Whether special tokens are left out of the text.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record DetokenizeRequest(string? Model, int[]? Ids, bool SkipSpecialTokens = true)
{
    internal ApiError? Validate(int maxIds) => this switch
    {
        { Model: null } => new(422, "model is required.") { Param = "model", Code = "field_required" },
        { Ids: null } => new(422, "ids is required.") { Param = "ids", Code = "field_required" },
        _ when Ids.Length > maxIds => DetokenizeEndpoint.Invalid($"ids has {Ids.Length} items; at most {maxIds} are allowed."),
        _ => null,
    };
}

public sealed record DetokenizeResponse(string Text, string Model, string ModelVersion);

using Microsoft.Extensions.Options;
using ModelServer.Classify;
using ModelServer.Embed;
using ModelServer.Generate;
using ModelServer.Rerank;
using ModelServer.SparseEmbed;
using ModelServer.Tokenize;

namespace ModelServer.HuggingFace;

/// <summary>The routes that Text Embeddings Inference and Text Generation Inference have, so that their clients work here. Each converts, calls what our own
/// route calls, and converts.</summary>
internal static class HuggingFaceExtensions
{
    public static void MapHuggingFace(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var embed = services.GetRequiredService<IOptions<EmbedOptions>>().Value;
        var sparse = services.GetRequiredService<IOptions<SparseEmbedOptions>>().Value;
        var rerank = services.GetRequiredService<IOptions<RerankOptions>>().Value;
        var classify = services.GetRequiredService<IOptions<ClassifyOptions>>().Value;
        var tokenize = services.GetRequiredService<IOptions<TokenizeOptions>>().Value;
        var generate = services.GetRequiredService<IOptions<GenerateOptions>>().Value;
        var group = routes.MapGroup("").RequireAuthorization(Scopes.Infer).WithInvalidFieldStatus(StatusCodes.Status422UnprocessableEntity);

        group.MapPost("/embed", EmbedEndpoint.HandleAsync).WithBodyLimit(embed.BodyBytes).Validate<TeiEmbedRequest>(r => r.Validate(embed.MaxInputs));
        group.MapPost("/similarity", SimilarityEndpoint.HandleAsync).WithBodyLimit(embed.BodyBytes).Validate<TeiSimilarityRequest>(r => r.Validate(embed.MaxInputs));
        group.MapPost("/rerank", TextRankEndpoint.HandleAsync).WithBodyLimit(rerank.BodyBytes).Validate<TeiRerankRequest>(r => r.Validate(rerank.MaxDocuments));
        group.MapPost("/tokenize", TextTokensEndpoint.Handle).WithBodyLimit(tokenize.BodyBytes).Validate<TeiTokenizeRequest>(r => r.Validate(embed.MaxInputs, tokenize.MaxCharacters));
        // In front of our own route, which it calls for bodies in our own form.
        group.MapPost("/predict", PredictInputsEndpoint.HandleAsync).WithOrder(-1).WithBodyLimit(classify.PredictBodyBytes)
            .AddEndpointFilter(PredictInputsEndpoint.ShapeErrors).Validate<TeiPredictRequest>(r => r.Validate(classify.MaxInputs));
        group.MapPost("/generate", TgiEndpoint.HandleAsync).WithBodyLimit(generate.GenerateBodyBytes).Validate<TgiRequest>(TgiConversion.Validate);
        group.MapPost("/generate_stream", TgiEndpoint.Stream).WithBodyLimit(generate.GenerateBodyBytes).Validate<TgiRequest>(TgiConversion.Validate);
        group.MapPost("/embed_sparse", EmbedSparseEndpoint.HandleAsync).WithBodyLimit(sparse.BodyBytes).Validate<TeiEmbedSparseRequest>(r => r.Validate(sparse.MaxInputs));
        group.MapPost("/embed_all", OtherVectors.RefuseAll).WithBodyLimit(embed.BodyBytes);
        routes.MapGet("/info", InfoEndpoint.Handle).RequireAuthorization(Scopes.ModelsRead);
    }
}

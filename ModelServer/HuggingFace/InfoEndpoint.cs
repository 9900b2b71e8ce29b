using Microsoft.Extensions.Options;
using ModelServer.Classify;
using ModelServer.Embed;
using ModelServer.Generation;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Rerank;
using ModelServer.Runtime;
using ModelServer.SparseEmbed;
using ServiceDefaults.Telemetry;

namespace ModelServer.HuggingFace;

/// <summary><c>GET /info</c>, as Text Embeddings Inference and Text Generation Inference answer it: the default model, or the one that the query's
/// <c>model</c> names, and how much of it may be asked for.</summary>
internal static class InfoEndpoint
{
    public static IResult Handle(string? model, ModelCatalog catalog, IOptions<InferenceOptions> inference, IOptions<EmbedOptions> embed, HttpContext http)
    {
        using var lease = catalog.AcquireAny(model, http.User);
        var (version, loaded) = (lease.Version, lease.Loaded);
        http.Response.Headers[AnswerHeaders.ModelVersion] = version.Version;
        return TypedResults.Ok(new HuggingFaceInfo(
            version.Name,
            loaded.Source.Fingerprint,
            loaded.Variant == "fp32" ? "float32" : loaded.Variant == "fp16" ? "float16" : loaded.Variant,
            version.Name,
            loaded is DecoderModel ? null : TypeOf(loaded),
            loaded.Task,
            inference.Value.QueuedSequences,
            loaded.MaxTokens,
            loaded.MaxTokens,
            embed.Value.MaxInputs,
            loaded is EmbeddingModel { Truncates: true } || embed.Value.Truncate == TruncateDefault.Always,
            PlatformVersion.Number));
    }

    private static Dictionary<string, object> TypeOf(LoadedModel model) => model switch
    {
        EmbeddingModel embedding => new() { ["embedding"] = new { pooling = embedding.Settings.Pooling switch { Pooling.Last => "last_token", var p => p.ToString().ToLowerInvariant() } } },
        SparseModel => new() { ["embedding"] = new { pooling = "splade" } },
        RerankModel => new() { ["reranker"] = Labels(model) },
        ClassificationModel => new() { ["classifier"] = Labels(model) },
        _ => [],
    };

    private static object Labels(LoadedModel model) => new
    {
        id2label = model.Labels.Index().ToDictionary(l => $"{l.Index}", l => l.Item),
        label2id = model.Labels.Index().DistinctBy(l => l.Item).ToDictionary(l => l.Item, l => l.Index),
    };
}

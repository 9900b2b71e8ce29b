using System.Collections.Frozen;
using Gateway.Bodies;
using Yarp.ReverseProxy.Configuration;

namespace Gateway.Routing;

/// <summary>A route that the model servers answer.</summary>
/// <param name="Id">The route's name, also its label in metrics.</param>
/// <param name="Scope">What the token must carry.</param>
/// <param name="BodyLimit">The largest request body, in bytes.</param>
/// <param name="Methods">The methods it takes; empty for all.</param>
internal sealed record ProxyRoute(string Id, string Path, string Scope, Func<BodyLimitOptions, long> BodyLimit, params string[] Methods)
{
    /// <summary>The task of the model that answers requests which name none; null where they must name one.</summary>
    public string? Task { get; init; }

    /// <summary>Whether an answer takes milliseconds, so that one which does not come is a reason to ask elsewhere.
    /// Generation takes as long as it takes.</summary>
    public bool IsQuick { get; init; }

    public RouteConfig ToConfig() => new()
    {
        RouteId = Id,
        ClusterId = ReplicaCluster.Id,
        AuthorizationPolicy = Scope,
        Match = new() { Path = Path, Methods = Methods is [] ? null : Methods },
    };
}

internal static class ProxyRoutes
{
    /// <summary>The listings of models; the gateway answers them itself.</summary>
    public const string Models = "models", RepositoryIndex = "repository-index";

    // In the words of the Hugging Face hub, as model servers use them.
    private const string Classification = "text-classification", Embedding = "feature-extraction", Ranking = "text-ranking", Sparse = "sparse-embeddings", Late = "late-interaction", Generation = "text-generation";
    private const string Questions = "question-answering";
    private const string TokenClassification = "token-classification", FillMask = "fill-mask";

    /// <summary>All forwarded routes. The catch-alls leave it to the model server to answer that there is no such route.</summary>
    public static readonly ProxyRoute[] All =
    [
        new("predict", "/predict", Scopes.Infer, limits => limits.TextBytes, HttpMethods.Post) { IsQuick = true, Task = Classification },
        new("classify", "/v1/classify", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Classification },
        new("embeddings", "/v1/embeddings", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Embedding },
        new("sparse-embeddings", "/v1/sparse-embeddings", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Sparse },
        new("multi-vector-embeddings", "/v1/multi-vector-embeddings", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Late },
        new("rerank", "/v1/rerank", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Ranking },
        new("question-answer", "/v1/question-answer", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Questions },
        // Of the models that classify some judge hypotheses; replicas do not tell which would be the default.
        new("zero-shot-classify", "/v1/zero-shot-classify", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("token-classify", "/v1/token-classify", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = TokenClassification },
        new("fill-mask", "/v1/fill-mask", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = FillMask },
        new("tokenize", "/v1/tokenize", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("detokenize", "/v1/detokenize", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("completions", "/v1/completions", Scopes.Infer, limits => limits.ApiBytes) { Task = Generation },
        new("chat-completions", "/v1/chat/completions", Scopes.Infer, limits => limits.ApiBytes) { Task = Generation },
        new("responses", "/v1/responses", Scopes.Infer, limits => limits.ApiBytes) { Task = Generation },
        new("stored-responses", "/v1/responses/{**rest}", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("generate", "/v1/generate", Scopes.Infer, limits => limits.TextBytes) { Task = Generation },
        new("batch-generate", "/v1/batch-generate", Scopes.Infer, limits => limits.ApiBytes),
        new(Models, "/v1/models/{id?}", Scopes.ModelsRead, limits => limits.ApiBytes, HttpMethods.Get) { IsQuick = true },
        new("v1", "/v1/{**rest}", Scopes.Infer, limits => limits.ApiBytes),
        new("cohere-rerank", "/v2/rerank", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Ranking },
        new("tei-embed", "/embed", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Embedding },
        new("tei-embed-all", "/embed_all", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("tei-embed-sparse", "/embed_sparse", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Sparse },
        new("tei-similarity", "/similarity", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Embedding },
        new("tei-rerank", "/rerank", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true, Task = Ranking },
        new("tei-tokenize", "/tokenize", Scopes.Infer, limits => limits.ApiBytes) { IsQuick = true },
        new("tei-info", "/info", Scopes.ModelsRead, limits => limits.ApiBytes, HttpMethods.Get) { IsQuick = true },
        new("tgi-generate", "/generate", Scopes.Infer, limits => limits.TextBytes) { Task = Generation },
        new("tgi-generate-stream", "/generate_stream", Scopes.Infer, limits => limits.TextBytes) { Task = Generation },
        new(RepositoryIndex, "/v2/repository/index", Scopes.ModelsRead, limits => limits.ApiBytes, HttpMethods.Post) { IsQuick = true },
        new("repository", "/v2/repository/{**rest}", Scopes.Admin, limits => limits.ApiBytes),
        new("v2-server", "/v2", Scopes.ModelsRead, limits => limits.ApiBytes, HttpMethods.Get) { IsQuick = true },
        new("v2-models", "/v2/models/{**rest}", Scopes.ModelsRead, limits => limits.ApiBytes, HttpMethods.Get) { IsQuick = true },
        new("v2", "/v2/{**rest}", Scopes.Infer, limits => limits.TensorBytes),
    ];

    private static readonly FrozenDictionary<string, ProxyRoute> ById = All.ToFrozenDictionary(r => r.Id);

    public static ProxyRoute Get(string routeId) => ById[routeId];
}

using ModelServer.ModelFiles;

namespace ModelServer.Embed;

/// <summary>How a published family makes embeddings, for exports that lost the files that say so (<c>modules.json</c>): without them the mean would be taken and not
/// normalised, which gives vectors that look right and rank wrong.</summary>
/// <param name="Part">What the family's names have in common, in lower case.</param>
/// <param name="Pooling">As its sentence-transformers files or its model card say.</param>
/// <param name="Prefixes">What its texts are to begin with, as its model card says; null for nothing.</param>
internal sealed record KnownEmbedder(string Part, Pooling Pooling, string? Prefixes = null)
{
    private const string OwnOutput = "sentence_embedding";
    private const string Represent = "searches with \"Represent this sentence for searching relevant passages: \"";
    private const string Query = "searches with \"query: \"";

    /// <summary>The first that fits counts.</summary>
    private static readonly KnownEmbedder[] All =
    [
        new("e5-mistral", Pooling.Last), new("gte-qwen", Pooling.Last), new("bge-en-icl", Pooling.Last), new("bge-multilingual-gemma", Pooling.Last),
        new("qwen3-embedding", Pooling.Last, "searches with \"Instruct: …\\nQuery:\""),
        new("e5-", Pooling.Mean, "texts with \"query: \" or \"passage: \""), new("bge-m3", Pooling.Cls), new("bge-", Pooling.Cls, Represent),
        new("arctic-embed-l-v2", Pooling.Cls, Query), new("arctic-embed-m-v2", Pooling.Cls, Query), new("arctic-embed", Pooling.Cls, Represent),
        new("mxbai-embed", Pooling.Cls, Represent),
        new("gte-multilingual", Pooling.Cls), new("gte-modernbert", Pooling.Cls), new("gte-base-en-v1.5", Pooling.Cls), new("gte-large-en-v1.5", Pooling.Cls),
        new("gte-small-zh", Pooling.Cls), new("gte-base-zh", Pooling.Cls), new("gte-large-zh", Pooling.Cls), new("granite-embedding", Pooling.Cls),
        new("multi-qa-minilm-l6-cos", Pooling.Mean), new("multi-qa-mpnet-base-cos", Pooling.Mean), new("multi-qa-mpnet-base-dot", Pooling.Cls) { Normalizes = false },
        new("uae-large", Pooling.Cls, Represent) { Normalizes = false },
        new("gte-", Pooling.Mean), new("all-minilm", Pooling.Mean), new("all-mpnet", Pooling.Mean), new("all-distilroberta", Pooling.Mean),
        new("nomic-embed", Pooling.Mean, "texts with \"search_query: \" or \"search_document: \""), new("jina-embeddings-v2", Pooling.Mean), new("paraphrase-", Pooling.Mean) { Normalizes = false },
    ];

    /// <summary>Architectures that only one family has.</summary>
    private static readonly (string ModelType, string Part)[] Types = [("nomic_bert", "nomic-embed"), ("jina_bert", "jina-embeddings-v2"), ("new", "gte-multilingual")];

    /// <summary>Whether its vectors have length 1.</summary>
    public bool Normalizes { get; private init; } = true;

    /// <summary>The family that <c>config.json</c> tells, where no <c>modules.json</c> says how embeddings are made; else null.</summary>
    public static KnownEmbedder? Of(ModelSource source)
    {
        if (source.Folder.Look("modules.json") is not null) return null;
        return In(source.Config.NameOrPath) ?? Array.Find(All, k => k.Part == Array.Find(Types, t => t.ModelType == source.Config.ModelType).Part);
    }

    /// <returns>What was decided without a file that says so, or what to mend with the line for <c>serving.json</c>; null where the files say enough.</returns>
    public static string? Warning(ModelSource source, EmbeddingSettings settings)
    {
        if (source.Folder.Look("modules.json") is not null) return null;
        var (pools, normalizes) = (source.Serving.Pooling is null && !PoolsItself(source), source.Serving.Normalize is null);
        if (Of(source) is { } known) return pools || normalizes ? known.Decided(settings) : null;
        if (In(source.Folder.Name) is { } named) return named.Proposed(settings, pools, normalizes);
        return pools
            ? "There is no modules.json to say how embeddings are made, and config.json names no family that is known: the mean of the tokens is taken, not normalised. Where the model's card says otherwise, serving.json does too, as in { \"pooling\": \"cls\", \"normalize\": true }."
            : null;
    }

    private string Decided(EmbeddingSettings settings)
        => $"There is no modules.json; config.json tells a model of the family {Family}, whose embeddings are made with {Name(settings.Pooling)} pooling{(settings.Normalize ? " and normalised" : "")}: so are these, unless serving.json says otherwise.{Begin}";

    private string? Proposed(EmbeddingSettings settings, bool pools, bool normalizes)
    {
        var keys = new List<string>();
        if (pools && Pooling != settings.Pooling) keys.Add($"\"pooling\": \"{Name(Pooling)}\"");
        if (normalizes && Normalizes && !settings.Normalize) keys.Add("\"normalize\": true");
        return keys is [] ? null
            : $"Its name is that of the family {Family}, whose embeddings need {{ {string.Join(", ", keys)} }}, and there is no modules.json to say so: put this line into serving.json, or export with the files of sentence-transformers.{Begin}";
    }

    private string Family => Part.TrimEnd('-');

    private string Begin => Prefixes is null ? "" : $" That family's model cards begin {Prefixes}.";

    private static string Name(Pooling pooling) => pooling.ToString().ToLowerInvariant();

    private static KnownEmbedder? In(string? name) => name is null ? null : Array.Find(All, k => k.IsIn(name));

    /// <summary>Whether the name has the part, and not as the end of a longer word.</summary>
    private bool IsIn(string name) => name.IndexOf(Part, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && (at == 0 || !char.IsLetterOrDigit(name[at - 1]));

    private static bool PoolsItself(ModelSource source) => GraphNodes.Read(source.Graph).Any(n => n.Outputs.Contains(OwnOutput));
}

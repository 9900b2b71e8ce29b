using System.Collections.Frozen;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.SentenceTransformers;
using ModelServer.Tokenization;

namespace ModelServer.LateInteraction;

/// <summary>How a version reads queries and documents, from PyLate's files, those of ColBERT's authors and <c>serving.json</c>.</summary>
/// <param name="Head">What is done to the vector of each token before it gets the length 1.</param>
internal sealed record LateInteractionSettings(SentenceFiles Files, VectorHead Head)
{
    private const string Punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

    public static readonly OutputChoice Output = new(["last_hidden_state", "token_embeddings", "contextual"], 3);

    /// <summary>The token behind the first one of a query; null for none.</summary>
    public int? QueryMarker { get; init; }

    /// <summary>The token behind the first one of a document; null for none.</summary>
    public int? DocumentMarker { get; init; }

    /// <summary>Tokens of a query, special ones included.</summary>
    public int QueryLength { get; init; }

    /// <summary>Tokens of a document at most, special ones included.</summary>
    public int DocumentLength { get; init; }

    /// <summary>The token that queries are filled up with; null for none.</summary>
    public int? Expansion { get; init; }

    /// <summary>Whether a query's own tokens attend to those it is filled up with.</summary>
    public bool AttendsToExpansion { get; init; }

    /// <summary>Tokens of documents that get no vector.</summary>
    public FrozenSet<int> Skipped { get; init; } = [];

    public RowReader Reader => TokenVectors.Reader(Head);

    /// <exception cref="ModelLoadException">The files ask for something that is not supported.</exception>
    public static LateInteractionSettings Read(ModelSource source)
    {
        var (folder, own, tokenizer) = (source.Folder, source.Serving.LateInteraction ?? new(), source.Tokenizer);
        var artifact = folder.Find("artifact.metadata") is { } a ? ModelJson.Read(a, LateInteractionJson.Default.ColBertArtifact) : null;
        var pylate = folder.Find("config_sentence_transformers.json") is { } p ? ModelJson.Read(p, LateInteractionJson.Default.PyLateConfig) : null;
        if (artifact?.Similarity is not (null or "cosine")) throw new ModelLoadException($"artifact.metadata: the similarity '{artifact.Similarity}' is not supported.");
        var files = SentenceFiles.Read(folder);
        if (files.Modules.FirstOrDefault(m => m.Kind is not ("Transformer" or "Dense" or "Normalize")) is { } unknown)
            throw new ModelLoadException($"modules.json: the module '{unknown.Kind}' is not supported in a model of token vectors.");

        var isAuthors = artifact is not null || source.Config.Is("HF_ColBERT");
        return new(files, HeadOf(folder, files, isAuthors, artifact))
        {
            QueryMarker = Marker(tokenizer, own.QueryMarker ?? pylate?.QueryPrefix ?? artifact?.QueryTokenId ?? (isAuthors ? "[unused0]" : "[Q] ")),
            DocumentMarker = Marker(tokenizer, own.DocumentMarker ?? pylate?.DocumentPrefix ?? artifact?.DocTokenId ?? (isAuthors ? "[unused1]" : "[D] ")),
            QueryLength = Length(source, own.QueryLength ?? pylate?.QueryLength ?? artifact?.QueryMaxlen ?? 32, "query"),
            DocumentLength = Length(source, own.DocumentLength ?? pylate?.DocumentLength ?? artifact?.DocMaxlen ?? 180, "document"),
            Expansion = own.ExpandQueries ?? pylate?.DoQueryExpansion ?? true ? ExpansionOf(tokenizer) : null,
            AttendsToExpansion = own.AttendToExpansion ?? pylate?.AttendToExpansionTokens ?? artifact?.AttendToMaskTokens ?? false,
            Skipped = Ids(tokenizer, own.SkippedTokens ?? pylate?.SkiplistWords ?? (artifact?.MaskPunctuation == false ? [] : [.. Punctuation.Select(c => $"{c}")])),
        };
    }

    /// <summary>The modules behind the transformer but what normalises, which comes in any case; else the matrix that ColBERT's authors keep among the other weights.</summary>
    private static VectorHead HeadOf(ModelFolder folder, SentenceFiles files, bool isAuthors, ColBertArtifact? artifact)
    {
        if (files.Modules.Any(m => m.Kind == "Dense")) return VectorHead.Read(folder, files.Modules.Where(m => m.Kind == "Dense"), VectorHead.Tokens);
        if (!isAuthors || folder.Look("model.safetensors") is not { } path) return VectorHead.None;
        using var weights = new SafetensorsFile(path);
        const string Linear = "linear.weight";
        if (!weights.Has(Linear) || weights.ShapeOf(Linear) is not [var outputs, var inputs]) return VectorHead.None;
        if (artifact?.Dim is { } dimensions && dimensions != outputs) throw new ModelLoadException($"artifact.metadata says {dimensions} dimensions; model.safetensors has {outputs}.");
        _ = folder.Find("model.safetensors");
        return VectorHead.Of(inputs, outputs, weights.Read(Linear, outputs, inputs));
    }

    /// <summary>The reference adds a marker that the tokenizer has not, with random weights: what was trained has it.</summary>
    private static int? Marker(HuggingFaceTokenizer tokenizer, string marker)
        => marker.Length == 0 ? null : tokenizer.TokenToId(marker) ?? tokenizer.TokenToId(marker.Trim()) ?? throw new ModelLoadException($"The tokenizer has no token '{marker}', which is to mark queries or documents.");

    private static int Length(ModelSource source, int length, string what)
    {
        var least = source.Tokenizer.SpecialTokenCount() + 2;
        if (length < least) throw new ModelLoadException($"The length of a {what} must be at least {least} tokens, not {length}.");
        return Math.Min(length, source.MaxTokens());
    }

    private static int ExpansionOf(HuggingFaceTokenizer tokenizer)
    {
        foreach (var token in new[] { tokenizer.Config.Role("mask_token"), "[MASK]", "<mask>", tokenizer.Config.Role("eos_token"), tokenizer.Config.Role("pad_token") })
            if (token is not null && tokenizer.TokenToId(token) is { } id) return id;
        throw new ModelLoadException("The tokenizer has no mask token to expand queries with; set \"lateInteraction\": { \"expandQueries\": false } in serving.json.");
    }

    /// <summary>What the tokenizer does not have is its unknown token, as in the reference.</summary>
    private static FrozenSet<int> Ids(HuggingFaceTokenizer tokenizer, string[] tokens)
        => tokens.Select(t => tokenizer.TokenToId(t) ?? tokenizer.UnknownId).OfType<int>().ToFrozenSet();
}

using System.Text.Json;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.SentenceTransformers;

namespace ModelServer.Embed;

/// <summary>How a version makes embeddings, from the files of sentence-transformers and <c>serving.json</c>; without any as its family does, else the mean, not normalised.</summary>
/// <param name="Pooling">How tokens become one vector; the mean where no file says.</param>
/// <param name="Normalize">Whether vectors have length 1.</param>
/// <param name="Files">Prompts and the longest input.</param>
internal sealed record EmbeddingSettings(Pooling Pooling, bool Normalize, SentenceFiles Files)
{
    /// <summary>Which output to read: the graph's own sentence embedding unless <c>serving.json</c> asks for another pooling.</summary>
    public required OutputChoice Output { get; init; }

    /// <summary>What is done to a pooled vector before requests see it: all modules behind the pooling but a last one that normalises.</summary>
    public VectorHead Head { get; init; } = VectorHead.None;

    public RowReader Reader => PooledRow.Reader(Pooling, Head);

    /// <param name="known">What is known of a model without <c>modules.json</c>.</param>
    /// <exception cref="ModelLoadException">The files ask for something that is not supported.</exception>
    public static EmbeddingSettings Read(ModelFolder folder, ServingConfig serving, KnownEmbedder? known = null)
    {
        if (serving.Pooling == Pooling.Splade) throw new ModelLoadException("serving.json: the pooling 'splade' makes sparse embeddings, not those of this task.");
        var files = SentenceFiles.Read(folder);
        if (files.Modules.FirstOrDefault(m => m.Kind is not ("Transformer" or "Pooling" or "Dense" or "LayerNorm" or "Dropout" or "Normalize")) is { } unknown)
            throw new ModelLoadException($"modules.json: the module '{unknown.Kind}' is not supported.");
        // What stands before the pooling would be done to the vectors of tokens.
        SentenceModule[] behind = [.. files.Modules.SkipWhile(m => m.Kind == "Transformer")];
        if (behind is [{ Kind: not "Pooling" } first, ..]) throw new ModelLoadException($"modules.json: the module '{first.Kind}' is not supported before a pooling.");
        if (behind.Skip(1).FirstOrDefault(m => m.Kind is "Pooling" or "Transformer") is { } again) throw new ModelLoadException($"modules.json: the module '{again.Kind}' is not supported behind a pooling.");

        var pooling = serving.Pooling ?? (behind is [var module, ..] ? ReadPooling(folder, module, files) : known?.Pooling ?? Pooling.Mean);
        var normalizes = known?.Normalizes == true || behind is [.., { Kind: "Normalize" }];
        return new(pooling, serving.Normalize ?? normalizes, files)
        {
            Output = serving.Pooling is null
                ? new OutputChoice(["sentence_embedding", "last_hidden_state", "token_embeddings"], 3, 2)
                : new OutputChoice(["last_hidden_state", "token_embeddings"], 3),
            Head = VectorHead.Read(folder, behind.Skip(1).SkipLast(normalizes ? 1 : 0), VectorHead.Pooled),
        };
    }

    private static Pooling ReadPooling(ModelFolder folder, SentenceModule module, SentenceFiles files)
    {
        var path = folder.Find(Path.Combine(module.Path, "config.json")) ?? throw new ModelLoadException($"modules.json: there is no {module.Path}/config.json.");
        var config = ModelJson.Read(path, SentenceJson.Default.DictionaryStringJsonElement);
        if (config.TryGetValue("include_prompt", out var include) && include.ValueKind == JsonValueKind.False && files.Prompts.Values.Any(p => p.Length > 0))
            throw new ModelLoadException($"{module.Path}/config.json: include_prompt false is not supported.");

        // Older releases write a flag for each mode, newer ones its name.
        var modes = config.Where(c => c.Value.ValueKind == JsonValueKind.True && c.Key.StartsWith("pooling_mode_", StringComparison.Ordinal)).Select(c => c.Key["pooling_mode_".Length..]).ToArray();
        if (config.TryGetValue("pooling_mode", out var named)) modes = [named.ToString()];
        return modes switch
        {
            ["mean_tokens" or "mean"] => Pooling.Mean,
            ["cls_token" or "cls"] => Pooling.Cls,
            ["max_tokens" or "max"] => Pooling.Max,
            ["lasttoken"] => Pooling.Last,
            _ => throw new ModelLoadException($"{module.Path}/config.json: the pooling mode '{string.Join(", ", modes)}' is not supported."),
        };
    }
}

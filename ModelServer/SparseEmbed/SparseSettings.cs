using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.SentenceTransformers;

namespace ModelServer.SparseEmbed;

/// <summary>How a version makes sparse vectors, from the files of sentence-transformers; without any, as SPLADE does.</summary>
/// <param name="Sums">Whether the weights of tokens are added up, instead of the largest taken.</param>
/// <param name="Twice">Whether the logarithm is taken twice.</param>
internal sealed record SparseSettings(SentenceFiles Files, bool Sums, bool Twice)
{
    public static readonly OutputChoice Output = new(["logits", "token_embeddings", "sentence_embedding"], 3, 2);

    public RowReader Reader => SparseRow.Reader(Sums, Twice);

    /// <exception cref="ModelLoadException">The files ask for something that is not supported.</exception>
    public static SparseSettings Read(ModelFolder folder)
    {
        var files = SentenceFiles.Read(folder);
        if (files.Modules.FirstOrDefault(m => m.Kind is not ("Transformer" or "MLMTransformer" or "SpladePooling")) is { } unknown)
            throw new ModelLoadException($"modules.json: the module '{unknown.Kind}' is not supported in a model of sparse vectors.");
        if (files.Modules.FirstOrDefault(m => m.Kind == "SpladePooling") is not { } module) return new(files, Sums: false, Twice: false);

        var file = Path.Combine(module.Path, "config.json");
        var path = folder.Find(file) ?? throw new ModelLoadException($"modules.json: there is no {file}.");
        var config = ModelJson.Read(path, SentenceJson.Default.SpladeConfig);
        return new(
            files,
            config.PoolingStrategy switch { null or "max" => false, "sum" => true, var other => throw new ModelLoadException($"{file}: the pooling_strategy '{other}' is not supported.") },
            config.ActivationFunction switch { null or "relu" => false, "log1p_relu" => true, var other => throw new ModelLoadException($"{file}: the activation_function '{other}' is not supported.") });
    }
}

using ModelServer.ModelFiles;

namespace ModelServer.SentenceTransformers;

/// <summary>Tells exports that make other vectors than one for a text from those that do, so that one task alone takes each.</summary>
internal static class VectorKinds
{
    /// <summary>Whether it makes sparse vectors: a <c>SparseEncoder</c> of sentence-transformers, or what <c>serving.json</c> pools so.</summary>
    public static bool IsSparse(ModelSource source)
        => IsEncoder(source) && (source.Serving.Pooling == Pooling.Splade || Modules(source).Any(m => m.Kind == "SpladePooling"));

    /// <summary>Whether it makes a vector for each token: a ColBERT of PyLate or of its authors, or what <c>serving.json</c> says is one.</summary>
    public static bool IsPerToken(ModelSource source)
        => IsEncoder(source) && !IsSparse(source)
            && (source.Serving.LateInteraction is not null || source.Config.Is("HF_ColBERT") || source.Folder.Look("artifact.metadata") is not null
                || Modules(source).Any(m => m.Type.StartsWith("pylate.", StringComparison.Ordinal)));

    private static bool IsEncoder(ModelSource source) => !source.IsTokenizerAlone && !source.Config.Is("ForSequenceClassification");

    /// <summary>Without counting the file among those that the version is loaded from: that is for the task that takes it.</summary>
    private static SentenceModule[] Modules(ModelSource source)
        => SentenceFiles.ModulesOf(source.Folder.Look("modules.json"));
}

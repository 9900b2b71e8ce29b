using System.Numerics.Tensors;
using ModelServer.Encoders;
using ModelServer.Inference;
using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.SentenceTransformers;
using ServiceDefaults.Drift;

namespace ModelServer.Embed;

/// <summary>A loaded embedding model: a row is a vector.</summary>
internal sealed class EmbeddingModel(ModelSource source, EmbeddingSettings settings, int maxTokens, EncoderEngine engine)
    : EncoderModel(EmbeddingTask.Id, source, maxTokens, engine)
{
    public EmbeddingSettings Settings => settings;

    /// <summary>Whether the model's own files cut what is too long: sentence-transformers has a length for it, or the tokenizer's file asks for truncation.</summary>
    public bool Truncates { get; } = settings.Files.MaxTokens is not null || source.Tokenizer.Truncation is not null;

    /// <summary>Floats of a whole vector.</summary>
    public int Dimensions => Engine.Width;

    public override string ScoreName => DriftFeatures.Norm;

    /// <summary>Of the vector as the engine pooled it: normalized ones are all alike.</summary>
    public override RowFeatures Features(ReadOnlySpan<float> row) => new(TensorPrimitives.Norm(row));

    public override void Verify(GoldenCase golden, GoldenCheck check)
    {
        if (golden.Embedding is not { } expected) throw check.IsNotOf(Task);
        var vector = Infer(golden, check);
        if (settings.Normalize) NormalizeStep.Normalize(vector);
        if (expected.Length > vector.Length) throw check.Wrong($" has more numbers than the embedding's {vector.Length}.");
        for (var i = 0; i < expected.Length; i++) check.Compare($"dimension {i}", vector[i], expected[i]);
    }
}

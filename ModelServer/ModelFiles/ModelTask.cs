using ModelServer.Generation;

namespace ModelServer.ModelFiles;

/// <summary>What a model is for, in the words of the Hugging Face hub.</summary>
internal static class ModelTask
{
    public const string TextClassification = "text-classification";
    public const string Embedding = "feature-extraction";
    public const string Rerank = "text-ranking";
    public const string TokenClassification = "token-classification";
    public const string FillMask = "fill-mask";
    public const string TextGeneration = "text-generation";
    public const string Tokenizer = "tokenizer";

    public static readonly string[] All = [TextClassification, Embedding, Rerank, TokenClassification, FillMask, TextGeneration, Tokenizer];

    /// <summary>The task that the class name of an export's <c>architectures</c> entry stands for, or null.</summary>
    public static string? FromArchitecture(string architecture, int labels) => architecture switch
    {
        _ when architecture.EndsWith("ForSequenceClassification", StringComparison.Ordinal) => labels == 1 ? Rerank : TextClassification,
        _ when architecture.EndsWith("ForTokenClassification", StringComparison.Ordinal) => TokenClassification,
        _ when architecture.EndsWith("ForMaskedLM", StringComparison.Ordinal) => FillMask,
        _ when architecture.EndsWith("ForCausalLM", StringComparison.Ordinal) || architecture.EndsWith("LMHeadModel", StringComparison.Ordinal) => TextGeneration,
        _ when architecture.EndsWith("Model", StringComparison.Ordinal) => Embedding,
        _ => null,
    };
}

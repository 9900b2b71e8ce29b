namespace Gateway.ApiDocs;

/// <summary>The headings of the API document.</summary>
internal static class Tags
{
    public const string Predictions = "Predictions", Generation = "Text generation", Tokens = "Tokens", Dialects = "Routes of other servers", OpenInference = "Open Inference Protocol", Models = "Models", Platform = "Platform", Administration = "Administration";

    public static readonly IReadOnlyDictionary<string, string> Descriptions = new Dictionary<string, string>
    {
        [Predictions] = "Labels, vectors and ranks of texts.",
        [Tokens] = "What a model sees of a text.",
        [Generation] = "Texts and conversations, continued.",
        [Dialects] = "For clients of Cohere, Text Embeddings Inference and Text Generation Inference, with the bodies and errors of those.",
        [OpenInference] = "Tensors and texts, for clients of KServe and Triton.",
        [Models] = "What is served, and what is not and why.",
        [Platform] = "How the platform is.",
        [Administration] = "Model servers, versions of models, API keys, tokens and usage, with the scope admin.",
    };
}

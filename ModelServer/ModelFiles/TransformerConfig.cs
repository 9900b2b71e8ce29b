using System.Text.Json.Serialization;

namespace ModelServer.ModelFiles;

/// <summary>What serving needs of Hugging Face's <c>config.json</c>; all other keys are ignored.</summary>
internal sealed class TransformerConfig
{
    private static readonly string[] RobertaStyle =
    [
        "roberta", "xlm-roberta", "xlm-roberta-xl", "roberta-prelayernorm", "camembert", "mpnet", "longformer", "data2vec-text", "ibert", "xmod", "luke", "mluke", "markuplm", "lilt", "esm",
    ];

    public string[]? Architectures { get; set; }

    public string? ModelType { get; set; }

    /// <summary>The name on the hub, or the path, that it was exported from.</summary>
    [JsonPropertyName("_name_or_path")]
    public string? NameOrPath { get; set; }

    public string? ProblemType { get; set; }

    public Dictionary<string, string>? Id2label { get; set; }

    public int? MaxPositionEmbeddings { get; set; }

    /// <summary>What some families call <see cref="MaxPositionEmbeddings"/>.</summary>
    public int? NPositions { get; set; }

    public int? NumAttentionHeads { get; set; }

    /// <summary>What DistilBERT calls <see cref="NumAttentionHeads"/>.</summary>
    public int? NHeads { get; set; }

    /// <summary>What nomic calls <see cref="NumAttentionHeads"/>.</summary>
    public int? NHead { get; set; }

    public int? PadTokenId { get; set; }

    public int? VocabSize { get; set; }

    /// <summary>Whether a class that the model was exported from ends like this, which tells what its head computes.</summary>
    public bool Is(string ending) => Architectures?.Any(a => a is not null && a.EndsWith(ending, StringComparison.Ordinal)) ?? false;

    /// <summary>Labels by output index; empty when the file names none.</summary>
    /// <exception cref="ModelLoadException">The indices are not 0…n−1.</exception>
    public string[] Labels()
    {
        if (Id2label is not { Count: > 0 } map) return [];
        var labels = new string[map.Count];
        foreach (var (index, label) in map)
        {
            if (!int.TryParse(index, out var i) || i < 0 || i >= labels.Length || labels[i] is not null)
                throw new ModelLoadException("config.json: the keys of id2label are not 0 to n-1.");
            labels[i] = label ?? throw new ModelLoadException($"config.json: id2label has no text for {i}.");
        }

        return labels;
    }

    /// <summary>Heads of a layer, in whichever name.</summary>
    public int? Heads => NumAttentionHeads ?? NHeads ?? NHead;

    /// <summary>The position of the first token. RoBERTa-style models spend the first <c>pad_token_id + 1</c> of them on padding.</summary>
    public int FirstPosition => Array.IndexOf(RobertaStyle, ModelType) >= 0 ? (PadTokenId ?? 1) + 1 : 0;

    /// <summary>Positions the graph has for tokens.</summary>
    public int? MaxTokens() => (MaxPositionEmbeddings ?? NPositions) - FirstPosition;

    public static TransformerConfig Read(ModelFolder folder)
        => folder.Find("config.json") is { } path ? ModelJson.Read(path, ModelFileJson.Default.TransformerConfig) : GenAiConfig.Read(folder)?.ToConfig() ?? new();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TransformerConfig))]
internal sealed partial class ModelFileJson : JsonSerializerContext;

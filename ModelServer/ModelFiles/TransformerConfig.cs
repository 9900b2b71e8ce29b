using System.Text.Json;
using System.Text.Json.Serialization;
using ModelServer.Models;

namespace ModelServer.ModelFiles;

/// <summary>What serving needs of Hugging Face's <c>config.json</c>; all other keys are ignored.</summary>
internal sealed class TransformerConfig
{
    public string[]? Architectures { get; set; }

    public string? ModelType { get; set; }

    public string? ProblemType { get; set; }

    public Dictionary<string, string>? Id2label { get; set; }

    public int? MaxPositionEmbeddings { get; set; }

    public int? PadTokenId { get; set; }

    public int? VocabSize { get; set; }

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
            labels[i] = label;
        }

        return labels;
    }

    /// <summary>Positions the graph has. RoBERTa-style models spend the first <c>pad_token_id + 1</c> of them on padding.</summary>
    public int? MaxTokens() => ModelType is "roberta" or "xlm-roberta" or "camembert" or "mpnet"
        ? MaxPositionEmbeddings - ((PadTokenId ?? 1) + 1)
        : MaxPositionEmbeddings;

    public static TransformerConfig Read(ModelFolder folder)
        => folder.Find("config.json") is { } path ? ModelJson.Read(path, ModelFileJson.Default.TransformerConfig) : new();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(TransformerConfig))]
internal sealed partial class ModelFileJson : JsonSerializerContext;

internal static class ModelJson
{
    /// <summary>Reads one JSON file of a model; whatever is wrong with it is a reason not to load.</summary>
    public static T Read<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, type) ?? throw new ModelLoadException($"{Path.GetFileName(path)} is empty.");
        }
        catch (JsonException e)
        {
            throw new ModelLoadException($"{Path.GetFileName(path)}: {e.Message}", e);
        }
    }
}

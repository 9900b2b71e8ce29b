using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.ModelFiles;

/// <summary>What serving needs of <c>genai_config.json</c>, which the model builder of ONNX Runtime GenAI writes: what <c>config.json</c> and
/// <c>generation_config.json</c> tell of other exports, and what the graph calls its inputs and outputs. All other keys are ignored.</summary>
internal sealed class GenAiConfig
{
    /// <summary>The part that says how tokens are chosen, for messages.</summary>
    public const string SearchName = $"{FileName}: search";

    private const string FileName = "genai_config.json";

    public GenAiModel? Model { get; set; }

    /// <summary>Read by <see cref="ReadSearch"/>: a version may be served without it.</summary>
    public JsonElement? Search { get; set; }

    /// <summary>Ids of the tokens that end a text; null where the file names none.</summary>
    [JsonIgnore]
    public int[]? EndTokens { get; private set; }

    /// <summary>The names of keys and values, with <c>%d</c> in place of the layer; null where the file does not tell them.</summary>
    public string[]? Past => Names(Inputs?.PastKeyNames, Inputs?.PastValueNames, Inputs?.PastNames);

    /// <inheritdoc cref="Past"/>
    public string[]? Present => Names(Outputs?.PresentKeyNames, Outputs?.PresentValueNames, Outputs?.PresentNames);

    public GenAiInputs? Inputs => Model?.Decoder?.Inputs;

    public GenAiOutputs? Outputs => Model?.Decoder?.Outputs;

    /// <returns>Null where there is no such file.</returns>
    /// <exception cref="ModelLoadException">The file is not what it should be, or tells of a model of several graphs.</exception>
    public static GenAiConfig? Read(ModelFolder folder)
    {
        if (folder.Find(FileName) is not { } path) return null;
        var config = ModelJson.Read(path, GenAiJson.Default.GenAiConfig);
        if (config.Model is not { } model) throw new ModelLoadException($"{FileName} has no \"model\".");
        if (model.Encoder is not null || model.Vision is not null || model.Speech is not null || model.Embedding is not null || model.Decoder?.Pipeline is not null)
            throw new ModelLoadException($"{FileName} tells of a model of several graphs ({model.Type}): one that is a single decoder is served.");
        config.EndTokens = EndTokensOf(model.EosTokenId);
        return config;
    }

    /// <summary>What the file tells in place of an absent <c>config.json</c>.</summary>
    public TransformerConfig ToConfig() => new()
    {
        ModelType = Model!.Type,
        MaxPositionEmbeddings = Model.ContextLength,
        VocabSize = Model.VocabSize,
        PadTokenId = Model.PadTokenId is { ValueKind: JsonValueKind.Number } pad && pad.TryGetInt32(out var id) ? id : null,
    };

    /// <returns>Null where the file has none.</returns>
    /// <exception cref="ModelLoadException">It is not what it should be.</exception>
    public GenerationConfig? ReadSearch()
    {
        try
        {
            return Search?.Deserialize(GenerationJson.Default.GenerationConfig);
        }
        catch (JsonException e)
        {
            throw new ModelLoadException($"{SearchName} is not what it should be at {e.Path}: a value of the wrong kind.", e);
        }
    }

    private static int[]? EndTokensOf(JsonElement? ids) => ids switch
    {
        { ValueKind: JsonValueKind.Number } one => [Id(one)],
        { ValueKind: JsonValueKind.Array } several => [.. several.EnumerateArray().Select(Id)],
        null or { ValueKind: JsonValueKind.Null } => null,
        _ => throw NoIds(),
    };

    private static int Id(JsonElement element) => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var id) ? id : throw NoIds();

    private static ModelLoadException NoIds() => new($"{FileName}: eos_token_id is neither a token id nor a list of them.");

    private static string[]? Names(string? key, string? value, string? both) => (key, value, both) switch
    {
        ({ } k, { } v, _) => [k, v],
        (_, _, { } stacked) => [stacked],
        _ => null,
    };
}

internal sealed record GenAiModel(
    string? Type,
    int? ContextLength,
    int? VocabSize,
    JsonElement? EosTokenId,
    JsonElement? PadTokenId,
    GenAiDecoder? Decoder,
    JsonElement? Encoder,
    JsonElement? Vision,
    JsonElement? Speech,
    JsonElement? Embedding);

internal sealed record GenAiDecoder(
    [property: JsonPropertyName("filename")] string? FileName,
    int? NumKeyValueHeads,
    int? HeadSize,
    JsonElement? Pipeline,
    GenAiInputs? Inputs,
    GenAiOutputs? Outputs);

internal sealed record GenAiInputs(string? InputIds, string? AttentionMask, string? PositionIds, string? PastKeyNames, string? PastValueNames, string? PastNames);

internal sealed record GenAiOutputs(string? Logits, string? PresentKeyNames, string? PresentValueNames, string? PresentNames);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GenAiConfig))]
internal sealed partial class GenAiJson : JsonSerializerContext;

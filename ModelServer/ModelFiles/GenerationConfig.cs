using System.Text.Json;
using System.Text.Json.Serialization;

namespace ModelServer.ModelFiles;

/// <summary>What <c>generation_config.json</c>, or <c>search</c> in <c>genai_config.json</c>, says of how tokens are chosen. Its end tokens are read elsewhere. <c>max_length</c>
/// counts the prompt too and is most often the whole window, which bounds every text anyway: it is ignored.</summary>
internal sealed class GenerationConfig
{
    private const string FileName = "generation_config.json";

    /// <summary>Fields that would change an answer and are not served, with the value that changes nothing beside null, false and what is empty.</summary>
    private static readonly Dictionary<string, double?> Unsupported = new()
    {
        ["num_beams"] = 1,
        ["num_beam_groups"] = 1,
        ["diversity_penalty"] = 0,
        ["num_return_sequences"] = 1,
        ["constraints"] = null,
        ["force_words_ids"] = null,
        ["penalty_alpha"] = 0,
        ["typical_p"] = 1,
        ["epsilon_cutoff"] = 0,
        ["eta_cutoff"] = 0,
        ["top_h"] = null,
        ["guidance_scale"] = 1,
        ["no_repeat_ngram_size"] = 0,
        ["encoder_repetition_penalty"] = 1,
        ["encoder_no_repeat_ngram_size"] = 0,
        ["exponential_decay_length_penalty"] = null,
        ["bad_words_ids"] = null,
        ["suppress_tokens"] = null,
        ["begin_suppress_tokens"] = null,
        ["sequence_bias"] = null,
        ["forced_bos_token_id"] = null,
        ["forced_eos_token_id"] = null,
        ["min_length"] = 0,
        ["min_new_tokens"] = 0,
        ["max_time"] = null,
        ["stop_strings"] = null,
        ["watermarking_config"] = null,
        ["token_healing"] = null,
    };

    public bool? DoSample { get; set; }

    public float? Temperature { get; set; }

    public int? TopK { get; set; }

    public float? TopP { get; set; }

    public float? MinP { get; set; }

    public float? RepetitionPenalty { get; set; }

    public int? MaxNewTokens { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement> Others { get; set; } = [];

    /// <summary>What a version's files say: <c>generation_config.json</c> if it says anything of this, else <c>genai_config.json</c>.</summary>
    /// <param name="warn">Takes a sentence about what is asked for and not done.</param>
    /// <exception cref="ModelLoadException">A value is none that can be served.</exception>
    public static SamplingDefaults Read(ModelFolder folder, GenAiConfig? genAi, Action<string> warn)
    {
        var own = folder.Find(FileName) is { } path ? ModelJson.Read(path, GenerationJson.Default.GenerationConfig) : null;
        var (config, source) = own is { SaysAnything: true } ? (own, FileName) : (genAi?.ReadSearch(), GenAiConfig.SearchName);
        if (config is null) return SamplingDefaults.None;
        if (config.Fault() is { } fault) throw new ModelLoadException($"{source}: {fault}");
        if (config.Ignored() is { Length: > 0 } ignored) warn($"{source} asks for what is not supported, and texts are made without it: {string.Join(", ", ignored)}.");
        return config.ToDefaults();
    }

    private bool SaysAnything => DoSample is not null || ToDefaults() != SamplingDefaults.None || Ignored().Length > 0;

    /// <summary>Where it is not to be sampled, what it says of sampling is for others: a request that samples all the same says how itself.</summary>
    private SamplingDefaults ToDefaults() => new()
    {
        Temperature = DoSample == false ? 0 : Temperature,
        TopK = DoSample == false ? null : TopK,
        TopP = DoSample == false ? null : TopP,
        MinP = DoSample == false ? null : MinP,
        RepetitionPenalty = RepetitionPenalty,
        MaxTokens = MaxNewTokens,
    };

    private string? Fault() => this switch
    {
        { Temperature: not (null or (>= 0 and <= float.MaxValue)) } => "temperature must be at least 0.",
        { TopK: < -1 } => "top_k must be at least 0, or -1.",
        { TopP: not (null or (>= 0 and <= 1)) } => "top_p must be 0 to 1.",
        { MinP: not (null or (>= 0 and <= 1)) } => "min_p must be 0 to 1.",
        { RepetitionPenalty: not (null or (>= 0.01f and <= 100)) } => "repetition_penalty must be 0.01 to 100.",
        { MaxNewTokens: < 1 } => "max_new_tokens must be at least 1.",
        _ => null,
    };

    private string[] Ignored() => [.. Others.Where(o => Unsupported.TryGetValue(o.Key, out var neutral) && Says(o.Value, neutral)).Select(o => o.Key)];

    private static bool Says(JsonElement value, double? neutral) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Number => neutral is null || value.GetDouble() != neutral,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => true,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(GenerationConfig))]
internal sealed partial class GenerationJson : JsonSerializerContext;

using System.Text.Json;
using ModelServer.Encoders;
using ModelServer.ModelFiles;

namespace ModelServer.Embed;

/// <summary>How a version makes embeddings, from the files of sentence-transformers and <c>serving.json</c>; without any as its family does, else the mean, not normalised.</summary>
/// <param name="Pooling">How tokens become one vector;the mean where no file says.</param>
/// <param name="Normalize">Whether vectors have length 1.</param>
/// <param name="Prompts">Texts to put in front of an input, by name.</param>
/// <param name="DefaultPrompt">The name of the prompt that is used when a request names none, or null.</param>
internal sealed record EmbeddingSettings(Pooling Pooling, bool Normalize, IReadOnlyDictionary<string, string> Prompts, string? DefaultPrompt)
{
    /// <summary>The most tokens that sentence-transformers gives this model, or null.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Which output to read: the graph's own sentence embedding unless <c>serving.json</c> asks for another pooling.</summary>
    public required OutputChoice Output { get; init; }

    public RowReader Reader => PooledRow.Reader(Pooling);

    /// <param name="known">What is known of a model without <c>modules.json</c>.</param>
    /// <exception cref="ModelLoadException">The files ask for something that is not supported.</exception>
    public static EmbeddingSettings Read(ModelFolder folder, ServingConfig serving, KnownEmbedder? known = null)
    {
        var modules = folder.Find("modules.json") is { } path ? ModelJson.Read(path, SentenceJson.Default.SentenceModuleArray) : [];
        if (modules.Any(m => m is not { Type: not null, Path: not null })) throw new ModelLoadException("modules.json: each module needs a type and a path.");
        if (modules.FirstOrDefault(m => m.Kind is not ("Transformer" or "Pooling" or "Normalize")) is { } unknown)
            throw new ModelLoadException($"modules.json: the module '{unknown.Kind}' is not supported.");
        var limits = folder.Find("sentence_bert_config.json") is { } file ? ModelJson.Read(file, SentenceJson.Default.SentenceLimits) : new(null, null);
        if (limits.DoLowerCase == true) throw new ModelLoadException("sentence_bert_config.json: do_lower_case is not supported; lower-case in the tokenizer.");

        var prompts = folder.Find("config_sentence_transformers.json") is { } p ? ModelJson.Read(p, SentenceJson.Default.SentencePrompts) : new(null, null);
        var texts = (prompts.Prompts ?? []).Where(t => t.Value is not null).ToDictionary(t => t.Key, t => t.Value!);
        if (prompts.DefaultPromptName is { } name && !texts.ContainsKey(name))
            throw new ModelLoadException($"config_sentence_transformers.json: there is no prompt '{name}'.");

        var module = modules.FirstOrDefault(m => m.Kind == "Pooling");
        var pooling = serving.Pooling ?? (module is null ? known?.Pooling ?? Pooling.Mean : ReadPooling(folder, module, texts));
        return new(pooling, serving.Normalize ?? (known?.Normalizes == true || modules.Any(m => m.Kind == "Normalize")), texts, prompts.DefaultPromptName)
        {
            MaxTokens = limits.MaxSeqLength,
            Output = serving.Pooling is null
                ? new OutputChoice(["sentence_embedding", "last_hidden_state", "token_embeddings"], 3, 2)
                : new OutputChoice(["last_hidden_state", "token_embeddings"], 3),
        };
    }

    private static Pooling ReadPooling(ModelFolder folder, SentenceModule module, Dictionary<string, string> prompts)
    {
        var path = folder.Find(Path.Combine(module.Path, "config.json")) ?? throw new ModelLoadException($"modules.json: there is no {module.Path}/config.json.");
        var config = ModelJson.Read(path, SentenceJson.Default.DictionaryStringJsonElement);
        if (config.TryGetValue("include_prompt", out var include) && include.ValueKind == JsonValueKind.False && prompts.Values.Any(p => p.Length > 0))
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

using ModelServer.ModelFiles;
using ModelServer.Requests;

namespace ModelServer.SentenceTransformers;

/// <summary>What the files of sentence-transformers say of a version, whichever kind of vectors it makes; nothing where there are none.</summary>
/// <param name="Modules">The steps of a text, in order; empty where there is no <c>modules.json</c>.</param>
/// <param name="Prompts">Texts to put in front of an input, by name.</param>
/// <param name="DefaultPrompt">The name of the prompt that is used when a request names none, or null.</param>
/// <param name="MaxTokens">The most tokens that sentence-transformers gives this model, or null.</param>
internal sealed record SentenceFiles(IReadOnlyList<SentenceModule> Modules, IReadOnlyDictionary<string, string> Prompts, string? DefaultPrompt, int? MaxTokens)
{
    /// <exception cref="ModelLoadException">The files contradict themselves, or ask for something that is not supported.</exception>
    public static SentenceFiles Read(ModelFolder folder)
    {
        var limits = folder.Find("sentence_bert_config.json") is { } file ? ModelJson.Read(file, SentenceJson.Default.SentenceLimits) : new(null, null);
        if (limits.DoLowerCase == true) throw new ModelLoadException("sentence_bert_config.json: do_lower_case is not supported; lower-case in the tokenizer.");

        var prompts = folder.Find("config_sentence_transformers.json") is { } p ? ModelJson.Read(p, SentenceJson.Default.SentencePrompts) : new(null, null);
        var texts = (prompts.Prompts ?? []).Where(t => t.Value is not null).ToDictionary(t => t.Key, t => t.Value!);
        if (prompts.DefaultPromptName is { } name && !texts.ContainsKey(name))
            throw new ModelLoadException($"config_sentence_transformers.json: there is no prompt '{name}'.");
        return new(ModulesOf(folder.Find("modules.json")), texts, prompts.DefaultPromptName, limits.MaxSeqLength);
    }

    /// <summary>The steps of <c>modules.json</c>, for whoever has to tell kinds of models apart.</summary>
    /// <exception cref="ModelLoadException">The file is not what it should be.</exception>
    /// <param name="path">Null where there is none.</param>
    public static SentenceModule[] ModulesOf(string? path)
    {
        if (path is null) return [];
        var modules = ModelJson.Read(path, SentenceJson.Default.SentenceModuleArray);
        return Array.TrueForAll(modules, m => m is { Type: not null, Path: not null }) ? modules : throw new ModelLoadException("modules.json: each module needs a type and a path.");
    }

    /// <summary>Puts the prompt of a name, or the default one, in front of texts.</summary>
    /// <exception cref="InvalidFieldException">There is no such prompt, or nothing to put it before.</exception>
    public IReadOnlyList<EncoderInput> Prompted(EncoderInput[] inputs, string? promptName)
    {
        if (promptName is not null && Array.Exists(inputs, i => i is TokenInput))
            throw new InvalidFieldException("prompt_name", "A prompt goes before texts, not before token ids.");
        if ((promptName ?? DefaultPrompt) is not { } name) return inputs;
        if (!Prompts.TryGetValue(name, out var prompt)) throw new InvalidFieldException("prompt_name", "The model has no prompt of this name.");
        return Array.ConvertAll(inputs, input => input is TextInput text ? text with { Text = prompt + text.Text } : input);
    }
}

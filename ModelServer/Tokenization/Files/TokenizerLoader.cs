using ModelServer.Tokenization.Json;

namespace ModelServer.Tokenization.Files;

/// <summary>Finds a model folder's tokenizer files: tokenizer.json, where that is absent vocab.txt, or vocab.json with merges.txt.</summary>
internal static class TokenizerLoader
{
    /// <inheritdoc cref="Load(Func{string, string?})"/>
    public static HuggingFaceTokenizer Load(string folder) => Load(name => Path.Combine(folder, name) is var path && File.Exists(path) ? path : null);

    /// <param name="find">The path of a file by its name, or null when there is none; asked only for files that are then read.</param>
    /// <exception cref="InvalidTokenizerException">A file is missing, malformed or contradicts itself.</exception>
    /// <exception cref="UnsupportedTokenizerException">A file asks for a part that does not exist here.</exception>
    public static HuggingFaceTokenizer Load(Func<string, string?> find)
    {
        var configFile = ReadIfPresent("tokenizer_config.json");
        var config = TokenizerConfig.Read(configFile, ReadIfPresent("special_tokens_map.json"));
        if (ReadIfPresent("tokenizer.json") is { } file) return TokenizerJson.Read(file, config);
        if (find("vocab.txt") is { } vocabulary) return VocabularyFile.Read(vocabulary, configFile, config);
        return find("merges.txt") is { } merges && ReadIfPresent("vocab.json") is { } tokens
            ? MergesFile.Read(merges, tokens, configFile, config)
            : throw new InvalidTokenizerException("there is neither tokenizer.json nor vocab.txt, nor vocab.json with merges.txt");

        JsonPart? ReadIfPresent(string name) => find(name) is { } path ? JsonPart.Read(path) : null;
    }
}

namespace ModelServer.Tokenization;

/// <summary>Finds a model folder's tokenizer files: tokenizer.json, where that is absent vocab.txt, or vocab.json with merges.txt.</summary>
internal static class TokenizerLoader
{
    /// <exception cref="InvalidTokenizerException">A file is missing, malformed or contradicts itself.</exception>
    /// <exception cref="UnsupportedTokenizerException">A file asks for a part that does not exist here.</exception>
    public static HuggingFaceTokenizer Load(string folder)
    {
        var configFile = ReadIfPresent("tokenizer_config.json");
        var config = TokenizerConfig.Read(configFile, ReadIfPresent("special_tokens_map.json"));
        if (ReadIfPresent("tokenizer.json") is { } file) return TokenizerJson.Read(file, config);
        var (vocabulary, merges) = (Path.Combine(folder, "vocab.txt"), Path.Combine(folder, "merges.txt"));
        if (File.Exists(vocabulary)) return VocabularyFile.Read(vocabulary, configFile, config);
        return File.Exists(merges) && ReadIfPresent("vocab.json") is { } tokens
            ? MergesFile.Read(merges, tokens, configFile, config)
            : throw new InvalidTokenizerException("there is neither tokenizer.json nor vocab.txt, nor vocab.json with merges.txt");

        JsonPart? ReadIfPresent(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? JsonPart.Read(path) : null;
    }
}

namespace ModelServer.Tokenization;

/// <summary>Finds a model folder's tokenizer files: tokenizer.json, or vocab.txt where that is absent.</summary>
internal static class TokenizerLoader
{
    /// <exception cref="InvalidTokenizerException">A file is missing, malformed or contradicts itself.</exception>
    /// <exception cref="UnsupportedTokenizerException">A file asks for a part that does not exist here.</exception>
    public static HuggingFaceTokenizer Load(string folder)
    {
        var configFile = ReadIfPresent("tokenizer_config.json");
        var config = TokenizerConfig.Read(configFile, ReadIfPresent("special_tokens_map.json"));
        if (ReadIfPresent("tokenizer.json") is { } file) return TokenizerJson.Read(file, config);
        var vocabulary = Path.Combine(folder, "vocab.txt");
        return File.Exists(vocabulary)
            ? VocabularyFile.Read(vocabulary, configFile, config)
            : throw new InvalidTokenizerException("there is neither tokenizer.json nor vocab.txt");

        JsonPart? ReadIfPresent(string name) => Path.Combine(folder, name) is var path && File.Exists(path) ? JsonPart.Read(path) : null;
    }
}

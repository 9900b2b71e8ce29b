using ModelServer.Tokenization.AddedTokens;
using ModelServer.Tokenization.Decoders;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes a GPT-2 tokenizer from vocab.json and merges.txt, and what tokenizer_config.json says of special tokens.</summary>
internal static class MergesFile
{
    private static readonly string[] Classes = ["GPT2Tokenizer", "GPT2TokenizerFast"];
    private static readonly string[] Roles = ["bos_token", "eos_token", "unk_token", "pad_token"];

    public static HuggingFaceTokenizer Read(string file, JsonPart vocabularyFile, JsonPart? configFile, TokenizerConfig config)
    {
        if (new FileInfo(file).Length > JsonPart.MaxFileSize)
        {
            throw new InvalidTokenizerException($"merges.txt is larger than {JsonPart.MaxFileSize >> 20} MiB");
        }

        if (configFile?.Find("tokenizer_class")?.Text is { } type && !Classes.Contains(type))
        {
            throw new UnsupportedTokenizerException($"tokenizer class '{type}' without tokenizer.json is not supported yet");
        }

        if (configFile?.FlagOr("add_bos_token", false) == true)
        {
            throw new UnsupportedTokenizerException("add_bos_token without tokenizer.json is not supported yet");
        }

        var vocabulary = TokenizerParts.Vocabulary(vocabularyFile);
        var settings = new BpeSettings(Unknown: null, FuseUnknown: false, ByteFallback: false, IgnoreMerges: false, Prefix: "", Suffix: "");
        var model = TokenizerMerges.Model(vocabulary, File.ReadLines(file), settings);
        var special = Roles.Select(role => Special(role, vocabulary, config)).OfType<AddedToken>().DistinctBy(t => t.Id).ToList();
        var preTokenizer = new ByteLevelPreTokenizer(configFile?.FlagOr("add_prefix_space", false) ?? false, useRegex: true);
        var pipeline = new TokenizationPipeline(normalizer: null, new(special, normalizer: null), preTokenizer, model);
        var padding = TokenizerJson.Padding(null, config, pipeline);
        return new(pipeline, TemplatePostProcessor.Plain, new ByteLevelDecoder(), truncation: null, padding, config);
    }

    private static AddedToken? Special(string role, Vocabulary vocabulary, TokenizerConfig config)
    {
        var content = config.Role(role) ?? "<|endoftext|>";
        return vocabulary.IdOf(content) is { } id
            ? new(id, content, Special: true, SingleWord: false, LeftStrip: false, RightStrip: false, Normalized: false)
            : null;
    }
}

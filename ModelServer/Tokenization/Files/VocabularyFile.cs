using ModelServer.Tokenization.AddedTokens;
using ModelServer.Tokenization.Decoders;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Files;

/// <summary>
/// Makes a BERT tokenizer from vocab.txt, one token per line, ids in order, and what tokenizer_config.json says of case and accents.
/// </summary>
internal static class VocabularyFile
{
    private static readonly string[] Classes = ["BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "DistilBertTokenizerFast"];
    private static readonly string[] Roles = ["unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

    public static HuggingFaceTokenizer Read(string file, JsonPart? configFile, TokenizerConfig config)
    {
        if (new FileInfo(file).Length > JsonPart.MaxFileSize)
        {
            throw new InvalidTokenizerException($"vocab.txt is larger than {JsonPart.MaxFileSize >> 20} MiB");
        }

        if (configFile?.Find("tokenizer_class")?.Text is { } type && !Classes.Contains(type))
        {
            throw new UnsupportedTokenizerException($"tokenizer class '{type}' without tokenizer.json is not supported yet");
        }

        var vocabulary = new Vocabulary([.. File.ReadLines(file).Select((token, id) => KeyValuePair.Create(token, id))], "vocab.txt");
        var special = Roles.Select(role => Special(role, vocabulary, config)).OfType<AddedToken>().DistinctBy(t => t.Id).ToList();
        var lowercase = configFile?.FlagOr("do_lower_case", true) ?? true;
        var stripAccents = configFile?.FlagOr("strip_accents", lowercase) ?? lowercase;
        var normalizer = new BertNormalizer(
            cleanText: true, handleChineseChars: configFile?.FlagOr("tokenize_chinese_chars", true) ?? true, stripAccents, lowercase);
        var model = new WordPieceModel(vocabulary, Required("unk_token", vocabulary, config), "##", maxWordLength: 100);
        var preTokenizer = new DelimiterPreTokenizer(whiteSpace: true, punctuation: true);
        var pipeline = new TokenizationPipeline(normalizer, new(special, normalizer), preTokenizer, model);
        var template = TokenizerTemplates.Bert(Required("cls_token", vocabulary, config), Required("sep_token", vocabulary, config));
        var padding = TokenizerJson.Padding(null, config, pipeline);
        return new(pipeline, template, TokenMaps.WordPiece("##", cleanUp: true), truncation: null, padding, config);
    }

    private static string Content(string role, TokenizerConfig config) =>
        config.Role(role) ?? $"[{role[..^"_token".Length].ToUpperInvariant()}]";

    private static AddedToken? Special(string role, Vocabulary vocabulary, TokenizerConfig config)
    {
        var content = Content(role, config);
        return vocabulary.IdOf(content) is { } id
            ? new(id, content, Special: true, SingleWord: false, LeftStrip: false, RightStrip: false, Normalized: false)
            : null;
    }

    private static int Required(string role, Vocabulary vocabulary, TokenizerConfig config) =>
        vocabulary.IdOf(Content(role, config))
        ?? throw new InvalidTokenizerException($"vocab.txt lacks the {role} '{Content(role, config)}'");
}

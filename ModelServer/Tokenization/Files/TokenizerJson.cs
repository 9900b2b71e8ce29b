using System.Text.Json;
using ModelServer.Tokenization.AddedTokens;
using ModelServer.Tokenization.Decoders;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.PostProcessing;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes a tokenizer from tokenizer.json.</summary>
internal static class TokenizerJson
{
    public static HuggingFaceTokenizer Read(JsonPart file, TokenizerConfig config)
    {
        if (file.Find("version")?.Text is { } version && version != "1.0")
        {
            throw new UnsupportedTokenizerException($"{file.Path}: version '{version}' is not supported yet");
        }

        var model = TokenizerParts.Model(file.Member("model").Is(JsonValueKind.Object));
        var normalizer = file.FindObject("normalizer") is { } n ? TokenizerParts.Normalizer(n) : null;
        var preTokenizer = file.FindObject("pre_tokenizer") is { } p ? TokenizerParts.PreTokenizer(p) : null;
        if (model is BpeModel { Joined: { } joined }) preTokenizer = JoinBoundaryPreTokenizer.After(preTokenizer, joined);
        var added = new AddedVocabulary(AddedTokens(file.Find("added_tokens"), model.Vocabulary), normalizer);
        var pipeline = new TokenizationPipeline(normalizer, added, preTokenizer, model);
        var postProcessor = file.FindObject("post_processor") is { } t
            ? TokenizerTemplates.Read(t, id => added.Find(id)?.Content ?? model.Vocabulary.TokenOf(id))
            : TemplatePostProcessor.Plain;
        var decoder = file.FindObject("decoder") is { } d ? TokenizerDecoders.Read(d) : TokenMaps.Spaces;
        var (truncation, padding) = (Truncation(file.FindObject("truncation")), Padding(file.FindObject("padding"), config, pipeline));
        return new(pipeline, postProcessor, decoder, truncation, padding, config);
    }

    public static PaddingSettings Padding(JsonPart? part, TokenizerConfig config, TokenizationPipeline pipeline)
    {
        var token = config.Role("pad_token") ?? "[PAD]";
        var id = part?.Find("pad_id")?.Number ?? pipeline.Added.Find(token)?.Id ?? pipeline.Model.Vocabulary.IdOf(token) ?? 0;
        return new(id, part?.Find("pad_type_id")?.Number ?? 0, config.PadsLeft ?? part?.Find("direction")?.Text == "Left");
    }

    private static TruncationSettings? Truncation(JsonPart? part)
    {
        if (part is not { } section) return null;
        var side = section.Find("direction") is { } direction ? OneOf<TruncationSide>(direction) : TruncationSide.Right;
        return new(section.Member("max_length").Number, OneOf<TruncationStrategy>(section.Member("strategy")), side);
    }

    private static T OneOf<T>(JsonPart part)
        where T : struct, Enum =>
        Enum.TryParse<T>(part.Text, out var value) && Enum.IsDefined(value) && value.ToString() == part.Text
            ? value
            : throw part.Invalid($" is '{part.Text}'; it must be one of {string.Join(", ", Enum.GetNames<T>())}");

    private static List<AddedToken> AddedTokens(JsonPart? part, Vocabulary vocabulary)
    {
        var tokens = new List<AddedToken>();
        var (ids, contents) = (new HashSet<int>(), new HashSet<string>(StringComparer.Ordinal));
        foreach (var item in part?.Items ?? [])
        {
            var token = new AddedToken(
                item.Member("id").Number, item.Member("content").Text, item.Member("special").Flag, item.Member("single_word").Flag,
                item.Member("lstrip").Flag, item.Member("rstrip").Flag, item.Member("normalized").Flag);
            if (token.Content.Length == 0) continue;
            if (token.Id > Vocabulary.MaxId) throw item.Invalid($": id {token.Id} is out of range; ids go from 0 to {Vocabulary.MaxId}");
            if (!ids.Add(token.Id)) throw item.Invalid($": id {token.Id} belongs to two added tokens");
            if (!contents.Add(token.Content)) throw item.Invalid($": '{token.Content}' is added twice");
            if (Contradicts(token, vocabulary)) throw item.Invalid($": '{token.Content}' with id {token.Id} contradicts the vocabulary");
            tokens.Add(token);
        }

        return tokens;
    }

    private static bool Contradicts(AddedToken token, Vocabulary vocabulary) =>
        (vocabulary.IdOf(token.Content) ?? token.Id) != token.Id || (vocabulary.TokenOf(token.Id) ?? token.Content) != token.Content;
}

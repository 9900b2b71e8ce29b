using ModelServer.Tokenization.Decoders;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes the "decoder" section.</summary>
internal static class TokenizerDecoders
{
    public static ITokenDecoder Read(JsonPart part)
    {
        var asOne = false;
        return Read(part, ref asOne);
    }

    /// <param name="part">The section or one of its steps.</param>
    /// <param name="asOne">Whether the steps before have joined all tokens to one, which comes in parts; this step may do so.</param>
    private static ITokenDecoder Read(JsonPart part, ref bool asOne)
    {
        var joined = asOne;
        switch (part.Type)
        {
            case "Sequence":
                return Sequence(part.Member("decoders"), ref asOne);
            case "Fuse":
                asOne = true;
                return new SequenceDecoder([]);
            case "Strip":
                return new StripDecoder(Character(part.Member("content")), part.Member("start").Number, part.Member("stop").Number, asOne);
            case "Replace" when part.Member("pattern").Find("String") is { } pattern && (!asOne || pattern.Text.Length == 1):
                return TokenMaps.Replace(NotEmpty(pattern), part.Member("content").Text);
            case "ByteLevel":
                asOne = true;
                return joined ? new WholeTextDecoder(new ByteLevelDecoder()) : new ByteLevelDecoder();
            default:
                return joined ? new WholeTextDecoder(TokenByToken(part)) : TokenByToken(part);
        }
    }

    private static ITokenDecoder TokenByToken(JsonPart part) => part.Type switch
    {
        "ByteFallback" => new ByteFallbackDecoder(),
        "WordPiece" => TokenMaps.WordPiece(part.Member("prefix").Text, part.Member("cleanup").Flag),
        "Metaspace" => TokenMaps.Metaspace(MetaspaceSettings.Read(part)),
        "BPEDecoder" => new WordSuffixDecoder(NotEmpty(part.Member("suffix"))),
        "CTC" => new CtcDecoder(part.Member("pad_token").Text, NotEmpty(part.Member("word_delimiter_token")), part.Member("cleanup").Flag),
        "Replace" => TokenMaps.Replace(TextPattern.Read(part.Member("pattern")), part.Member("content").Text),
        _ => throw part.Unsupported("decoder"),
    };

    private static SequenceDecoder Sequence(JsonPart part, ref bool asOne)
    {
        var steps = new List<ITokenDecoder>();
        foreach (var step in part.Items) steps.Add(Read(step, ref asOne));
        return new(steps);
    }

    private static char Character(JsonPart part) => part.Text is [var c] ? c : throw part.Invalid($" is '{part.Text}'; it must be one character");

    private static string NotEmpty(JsonPart part) => part.Text is { Length: > 0 } text ? text : throw part.Invalid(" is empty");
}

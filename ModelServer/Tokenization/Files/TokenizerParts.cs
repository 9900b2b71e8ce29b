using System.Globalization;
using System.Text.Json;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;
using ModelServer.Tokenization.Normalizers;
using ModelServer.Tokenization.Patterns;
using ModelServer.Tokenization.PreTokenizers;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes the exchangeable parts from their sections, each chosen by its type.</summary>
internal static class TokenizerParts
{
    // The reference library knows the digits that came with Unicode 17, the framework does not yet.
    private static TextPattern Digit => TextPattern.Of(c => CharUnicodeInfo.GetUnicodeCategory(c)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        || c is >= 0x11DE0 and <= 0x11DE9 or >= 0x16FF4 and <= 0x16FF6);

    private static TextPattern PunctuationMark => TextPattern.Of(c => DelimiterPreTokenizer.IsPunctuation(c));

    public static ITextNormalizer Normalizer(JsonPart part) => part.Type switch
    {
        "BertNormalizer" or "Bert" => BertNormalizer(part),
        "Lowercase" => new LowercaseNormalizer(),
        "NFC" => new UnicodeFormNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeFormNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeFormNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeFormNormalizer(compatible: true, compose: false),
        "StripAccents" => new StripAccentsNormalizer(),
        "Strip" => new StripNormalizer(part.Member("strip_left").Flag, part.Member("strip_right").Flag),
        "Prepend" => new PrependNormalizer(part.Member("prepend").Text),
        "Nmt" => new NmtNormalizer(),
        "ByteLevel" => new ByteLevelNormalizer(),
        "Replace" => Replace(part.Member("pattern"), part.Member("content").Text),
        "Precompiled" => new PrecompiledNormalizer(CharacterMap.Read(part.Member("precompiled_charsmap"))),
        "Sequence" => new SequenceNormalizer([.. part.Member("normalizers").Items.Select(Normalizer)]),
        _ => throw part.Unsupported("normalizer"),
    };

    public static IPreTokenizer PreTokenizer(JsonPart part) => part.Type switch
    {
        "BertPreTokenizer" => new DelimiterPreTokenizer(whiteSpace: true, punctuation: true),
        "Whitespace" => new WhitespacePreTokenizer(),
        "WhitespaceSplit" => new DelimiterPreTokenizer(whiteSpace: true, punctuation: false),
        "Punctuation" => Punctuation(part.Find("behavior")),
        "Digits" => new SplitPreTokenizer(Digit, part.Member("individual_digits").Flag ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "CharDelimiterSplit" => new SplitPreTokenizer(TextPattern.Of(part.Member("delimiter").Text), SplitBehavior.Removed),
        "UnicodeScripts" => new ScriptPreTokenizer(),
        "FixedLength" => new FixedLengthPreTokenizer(WordLength(part.Find("length"))),
        "Split" => new SplitPreTokenizer(TextPattern.Read(part.Member("pattern"), mayBeEmpty: true), Behavior(part.Member("behavior")), part.FlagOr("invert", false)),
        "ByteLevel" => new ByteLevelPreTokenizer(part.FlagOr("add_prefix_space", true), part.FlagOr("use_regex", true)),
        "Metaspace" => new MetaspacePreTokenizer(MetaspaceSettings.Read(part)),
        "Sequence" => new SequencePreTokenizer([.. part.Member("pretokenizers").Items.Select(PreTokenizer)]),
        _ => throw part.Unsupported("pre_tokenizer"),
    };

    public static ITokenModel Model(JsonPart part)
    {
        var type = part.Find("type")?.Text ?? TypeByMembers(part);
        if (type == "Unigram") return TokenizerPieces.Model(part);
        if (type is not ("BPE" or "WordPiece" or "WordLevel")) throw part.Unsupported("model", type);
        var vocabulary = Vocabulary(part.Member("vocab"));
        if (type == "BPE") return TokenizerMerges.Model(part, vocabulary);
        var unknown = Known(part.Member("unk_token"), vocabulary);
        if (type == "WordLevel") return new WordLevelModel(vocabulary, unknown);
        var (prefix, longest) = (part.Member("continuing_subword_prefix").Text, part.Member("max_input_chars_per_word").Number);
        return new WordPieceModel(vocabulary, unknown, prefix, longest);
    }

    public static Vocabulary Vocabulary(JsonPart part) =>
        new([.. part.Is(JsonValueKind.Object).Value.EnumerateObject().Select(m => KeyValuePair.Create(m.Name, Id(part, m)))], part.Path);

    // A path for each token would cost more than the token.
    private static int Id(JsonPart part, JsonProperty token) =>
        token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt32(out var id) && id >= 0 ? id : new JsonPart(token.Value, $"{part.Path}.{token.Name}").Number;

    /// <summary>The id of a token that must be in the vocabulary.</summary>
    public static int Known(JsonPart token, Vocabulary vocabulary) =>
        vocabulary.IdOf(token.Text) ?? throw token.Invalid($" '{token.Text}' is not in the vocabulary");

    /// <summary>Files of the library's first versions leave the type out (GPT-2, RoBERTa, T5); the reference tells by what else is there.</summary>
    private static string TypeByMembers(JsonPart part)
    {
        if (part.Find("vocab") is { Value.ValueKind: JsonValueKind.Array }) return "Unigram";
        if (part.Find("merges") is not null) return "BPE";
        if (part.Find("unk_token") is null) return part.Type;
        return part.Find("max_input_chars_per_word") is not null && part.Find("continuing_subword_prefix") is not null ? "WordPiece" : "WordLevel";
    }

    private static BertNormalizer BertNormalizer(JsonPart part)
    {
        var lowercase = part.Member("lowercase").Flag;
        var stripAccents = part.FlagOr("strip_accents", lowercase);
        return new(part.Member("clean_text").Flag, part.Member("handle_chinese_chars").Flag, stripAccents, lowercase);
    }

    private static ITextNormalizer Replace(JsonPart pattern, string content) => (pattern.Find("String")?.Text, content) switch
    {
        ([var from], [var to]) => new CharacterReplaceNormalizer(from, to),
        _ => new ReplaceNormalizer(TextPattern.Read(pattern), content),
    };

    private static IPreTokenizer Punctuation(JsonPart? behavior) => behavior is { } b && Behavior(b) is not SplitBehavior.Isolated and var other
        ? new SplitPreTokenizer(PunctuationMark, other)
        : new DelimiterPreTokenizer(whiteSpace: false, punctuation: true);

    private static int WordLength(JsonPart? part) => part is not { } length ? 5 : length.Number > 0 ? length.Number : throw length.Invalid(" is 0");

    private static SplitBehavior Behavior(JsonPart part) =>
        Enum.TryParse<SplitBehavior>(part.Text, out var value) && value.ToString() == part.Text
            ? value
            : throw part.Invalid($" is '{part.Text}'; it must be one of {string.Join(", ", Enum.GetNames<SplitBehavior>())}");
}

namespace ModelServer.Tokenization;

/// <summary>Makes the exchangeable parts from their sections, each chosen by its type.</summary>
internal static class TokenizerParts
{
    public static ITextNormalizer Normalizer(JsonPart part) => part.Type switch
    {
        "BertNormalizer" => BertNormalizer(part),
        "Lowercase" => new LowercaseNormalizer(),
        "NFC" => new UnicodeFormNormalizer(compatible: false, compose: true),
        "NFD" => new UnicodeFormNormalizer(compatible: false, compose: false),
        "NFKC" => new UnicodeFormNormalizer(compatible: true, compose: true),
        "NFKD" => new UnicodeFormNormalizer(compatible: true, compose: false),
        "StripAccents" => new StripAccentsNormalizer(),
        "Sequence" => new SequenceNormalizer([.. part.Member("normalizers").Items.Select(Normalizer)]),
        _ => throw part.Unsupported("normalizer"),
    };

    public static IPreTokenizer PreTokenizer(JsonPart part) => part.Type switch
    {
        "BertPreTokenizer" => new DelimiterPreTokenizer(whiteSpace: true, punctuation: true),
        "WhitespaceSplit" => new DelimiterPreTokenizer(whiteSpace: true, punctuation: false),
        "Punctuation" when part.Find("behavior")?.Text is null or "Isolated" => new DelimiterPreTokenizer(false, punctuation: true),
        "Sequence" => new SequencePreTokenizer([.. part.Member("pretokenizers").Items.Select(PreTokenizer)]),
        _ => throw part.Unsupported("pre_tokenizer"),
    };

    public static ITokenModel Model(JsonPart part)
    {
        // Files of the library's first versions leave the type out; the reference tells by what else is there.
        var type = part.Find("type")?.Text
            ?? (part.Find("merges") is not null ? "BPE" : part.Find("max_input_chars_per_word") is not null ? "WordPiece" : part.Type);
        if (type is not ("WordPiece" or "WordLevel")) throw part.Unsupported("model", type);
        var vocabulary = Vocabulary(part.Member("vocab"));
        var token = part.Member("unk_token");
        var unknown = vocabulary.IdOf(token.Text) ?? throw token.Invalid($" '{token.Text}' is not in the vocabulary");
        if (type == "WordLevel") return new WordLevelModel(vocabulary, unknown);
        var (prefix, longest) = (part.Member("continuing_subword_prefix").Text, part.Member("max_input_chars_per_word").Number);
        return new WordPieceModel(vocabulary, unknown, prefix, longest);
    }

    private static BertNormalizer BertNormalizer(JsonPart part)
    {
        var lowercase = part.Member("lowercase").Flag;
        var stripAccents = part.FlagOr("strip_accents", lowercase);
        return new(part.Member("clean_text").Flag, part.Member("handle_chinese_chars").Flag, stripAccents, lowercase);
    }

    private static Vocabulary Vocabulary(JsonPart part) =>
        new([.. part.Members.Select(m => KeyValuePair.Create(m.Name, m.Value.Number))], part.Path);
}

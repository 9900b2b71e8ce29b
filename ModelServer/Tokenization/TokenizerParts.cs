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
        "Punctuation" when (part.Find("behavior")?.Text ?? "Isolated") == "Isolated" => new DelimiterPreTokenizer(whiteSpace: false, punctuation: true),
        "Sequence" => new SequencePreTokenizer([.. part.Member("pretokenizers").Items.Select(PreTokenizer)]),
        _ => throw part.Unsupported("pre_tokenizer"),
    };

    public static ITokenModel Model(JsonPart part)
    {
        // Files of the library's first versions leave the type out; the reference tells by what else is there.
        var type = part.Find("type")?.Text ?? (part.Find("continuing_subword_prefix") is not null && part.Find("merges") is null ? "WordPiece" : part.Type);
        return type switch
        {
            "WordPiece" => WordPiece(part, Vocabulary(part.Member("vocab"))),
            "WordLevel" when Vocabulary(part.Member("vocab")) is var vocabulary => new WordLevelModel(vocabulary, Unknown(part, vocabulary)),
            _ => throw part.Unsupported("model"),
        };
    }

    public static ITokenDecoder Decoder(JsonPart part) => part.Type switch
    {
        "WordPiece" => new WordPieceDecoder(part.Member("prefix").Text, part.Member("cleanup").Flag),
        _ => throw part.Unsupported("decoder"),
    };

    private static BertNormalizer BertNormalizer(JsonPart part)
    {
        var lowercase = part.Member("lowercase").Flag;
        return new(part.Member("clean_text").Flag, part.Member("handle_chinese_chars").Flag, part.Find("strip_accents")?.Flag ?? lowercase, lowercase);
    }

    private static WordPieceModel WordPiece(JsonPart part, Vocabulary vocabulary) => new(
        vocabulary, Unknown(part, vocabulary), part.Member("continuing_subword_prefix").Text, part.Member("max_input_chars_per_word").Number);

    private static Vocabulary Vocabulary(JsonPart part) =>
        new([.. part.Members.Select(m => KeyValuePair.Create(m.Name, m.Value.Number))], part.Path);

    private static int Unknown(JsonPart part, Vocabulary vocabulary)
    {
        var token = part.Member("unk_token");
        return vocabulary.IdOf(token.Text) ?? throw new InvalidTokenizerException($"{token.Path} '{token.Text}' is not in the vocabulary");
    }
}

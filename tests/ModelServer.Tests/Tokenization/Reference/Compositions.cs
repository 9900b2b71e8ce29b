using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Tokenizers put together by chance from every part in every setting, over small vocabularies. The same seed gives the same ones.</summary>
internal sealed class Compositions(int seed)
{
    private static readonly string[] Patterns =
    [
        """{"String":" "}""", """{"String":"e"}""", """{"String":"the"}""", """{"String":"▁"}""", """{"String":"é"}""", """{"String":"."}""", """{"String":"🎉"}""", """{"Regex":"\\s+"}""", """{"Regex":" {2,}"}""",
        """{"Regex":"\\p{L}+|\\p{N}"}""", """{"Regex":"[^\\s\\p{L}]"}""", """{"Regex":"\\s+(?!\\S)|\\s+"}""", """{"Regex":"(?i:'s|'t|'ll)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"}""",
        """{"Regex":"[\\p{Lu}\\p{Lt}]+(?=\\p{Ll})|\\p{M}++"}""", """{"Regex":"\\p{P}|\\p{S}"}""", """{"Regex":"[a-zA-Z]+(?=e)|\\d+"}""", """{"Regex":"[一-龥぀-ゟ゠-ヿ]+"}""", """{"Regex":"(?:the|he|e)s?"}""",
    ];

    private static readonly string[] Behaviors = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"];

    private static readonly string[] AddedContents = ["<a>", "</s>", "the", "he", "é", "É", " x", "x ", "a b", "##ing", "ﬁ", "İ", "▁the", "🎉", "don't", "..", "中", "\n", "e\u0301", "HELLO", "hello"];

    private static readonly string[] Contents = ["", " ", "▁", "_", "x", "ab", "❤️", "é", "  "];

    private readonly Random _random = new(seed);

    /// <summary>The next tokenizer.</summary>
    public JsonObject Next()
    {
        var model = Model(out var vocabulary);
        return new()
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = AddedTokens(vocabulary),
            ["normalizer"] = Maybe(0.7, () => Sequence("Sequence", "normalizers", Normalizer)),
            ["pre_tokenizer"] = Maybe(0.85, () => Sequence("Sequence", "pretokenizers", PreTokenizer)),
            ["post_processor"] = Maybe(0.7, PostProcessor),
            ["decoder"] = Maybe(0.85, () => Sequence("Sequence", "decoders", Decoder)),
            ["model"] = model,
        };
    }

    /// <summary>A "truncation" section.</summary>
    public JsonObject Truncation() => new()
    {
        ["max_length"] = _random.Next(7, 24),
        ["stride"] = 0,
        ["strategy"] = One("LongestFirst", "LongestFirst", "OnlyFirst", "OnlySecond"),
        ["direction"] = One("Right", "Left"),
    };

    private JsonNode Normalizer() => _random.Next(15) switch
    {
        0 => Part("BertNormalizer", ("clean_text", Flag()), ("handle_chinese_chars", Flag()), ("strip_accents", _random.Next(3) == 0 ? null : Flag()), ("lowercase", Flag())),
        1 => Part("Strip", ("strip_left", Flag()), ("strip_right", Flag())),
        2 => Part("StripAccents"),
        3 => Part("NFC"),
        4 => Part("NFD"),
        5 => Part("NFKC"),
        6 => Part("NFKD"),
        7 => Part("Lowercase"),
        8 => Part("Nmt"),
        9 => Part("Prepend", ("prepend", One("▁", " ", "ab", "❤️"))),
        10 => Part("ByteLevel"),
        11 => Part("Sequence", ("normalizers", new JsonArray())),
        _ => Part("Replace", ("pattern", JsonNode.Parse(One(Patterns))), ("content", One(Contents))),
    };

    private JsonNode PreTokenizer() => _random.Next(16) switch
    {
        0 => Part("BertPreTokenizer"),
        1 or 2 => Part("ByteLevel", ("add_prefix_space", Flag()), ("trim_offsets", Flag()), ("use_regex", Flag())),
        3 => Part("CharDelimiterSplit", ("delimiter", One("e", " ", "▁", "é"))),
        4 => Part("Whitespace"),
        5 => Part("WhitespaceSplit"),
        6 => Part("Punctuation", ("behavior", One(Behaviors))),
        7 => Part("Digits", ("individual_digits", Flag())),
        8 => Part("UnicodeScripts"),
        9 => Part("FixedLength", ("length", _random.Next(1, 7))),
        10 => Part("Metaspace", ("replacement", One("▁", "_")), ("prepend_scheme", One("always", "first", "never")), ("split", Flag())),
        _ => Part("Split", ("pattern", JsonNode.Parse(One(Patterns))), ("behavior", One(Behaviors)), ("invert", Flag())),
    };

    // No Strip from the end: the reference's ends the process on a token that is shorter than what may go of it.
    private JsonNode Decoder() => _random.Next(11) switch
    {
        0 => Part("ByteLevel", ("add_prefix_space", Flag()), ("trim_offsets", Flag()), ("use_regex", Flag())),
        1 => Part("WordPiece", ("prefix", One("##", "", "▁")), ("cleanup", Flag())),
        2 => Part("Metaspace", ("replacement", One("▁", "_")), ("prepend_scheme", One("always", "first", "never")), ("split", Flag())),
        3 => Part("BPEDecoder", ("suffix", One("</w>", "e"))),
        4 => Part("CTC", ("pad_token", One("<pad>", "the", "e")), ("word_delimiter_token", One("|", "▁")), ("cleanup", Flag())),
        5 => Part("Fuse"),
        6 => Part("Strip", ("content", One(" ", "a", "e")), ("start", _random.Next(3)), ("stop", 0)),
        7 => Part("ByteFallback"),
        _ => Part("Replace", ("pattern", JsonNode.Parse(One(Patterns))), ("content", One(Contents))),
    };

    private JsonNode PostProcessor()
    {
        var (first, last) = (new JsonArray("[H]", 0), new JsonArray("[E]", 1));
        JsonNode Trims() => Part("ByteLevel", ("add_prefix_space", Flag()), ("trim_offsets", Flag()), ("use_regex", Flag()));
        return _random.Next(6) switch
        {
            0 => Part("BertProcessing", ("sep", last), ("cls", first)),
            1 => Part("RobertaProcessing", ("sep", last), ("cls", first), ("trim_offsets", Flag()), ("add_prefix_space", Flag())),
            2 => Trims(),
            3 => Part("Sequence", ("processors", new JsonArray(Trims(), Template()))),
            4 => Part("Sequence", ("processors", new JsonArray(Template(), Trims()))),
            _ => Template(),
        };
    }

    private JsonObject Template() => Part(
        "TemplateProcessing", ("single", Pieces("A")), ("pair", Pieces("A", "B")),
        ("special_tokens", JsonNode.Parse("""{"[H]":{"id":"[H]","ids":[0],"tokens":["[H]"]},"[E]":{"id":"[E]","ids":[1,0],"tokens":["[E]","[H]"]}}""")));

    private JsonArray Pieces(params string[] texts)
    {
        var pieces = new JsonArray();
        foreach (var text in texts)
        {
            if (Chance(0.5)) pieces.Add(Piece("SpecialToken", One("[H]", "[E]")));
            pieces.Add(Piece("Sequence", text));
        }

        if (Chance(0.5)) pieces.Add(Piece("SpecialToken", "[E]"));
        return pieces;

        JsonNode Piece(string kind, string id) => new JsonObject { [kind] = new JsonObject { ["id"] = id, ["type_id"] = _random.Next(3) } };
    }

    private JsonArray AddedTokens(List<string> vocabulary)
    {
        var next = vocabulary.Count;
        var tokens = new JsonArray();
        // The reference ends the process where a token that strips takes what another one begins or ends with.
        var strips = Chance(0.6);
        foreach (var content in AddedContents.Where(c => !strips || c.Trim() == c).OrderBy(_ => _random.Next()).Take(_random.Next(6)))
        {
            var known = vocabulary.IndexOf(content);
            tokens.Add(new JsonObject
            {
                ["id"] = known >= 0 ? known : next++,
                ["content"] = content,
                ["special"] = Chance(0.4),
                ["single_word"] = Chance(0.3),
                ["lstrip"] = strips && Chance(0.4),
                ["rstrip"] = strips && Chance(0.4),
                ["normalized"] = Chance(0.5),
            });
        }

        return tokens;
    }

    private JsonObject Model(out List<string> vocabulary)
    {
        // Characters of texts as they are, and of the byte alphabet, each there or not; pieces of those there.
        var characters = new List<string>();
        foreach (var c in "etaoinshrdlu THEéÉ中日🎉▁_.,!?'#0123½<>xǅσςİ\u0301한\t\nĠĊÃ©âĢĻðŁİ¸Ń") if (!char.IsSurrogate(c) && Chance(0.85)) characters.Add(c.ToString());
        if (Chance(0.5)) characters.Add("🎉");
        characters = [.. characters.Distinct()];
        vocabulary = ["[H]", "[E]", "[UNK]"];
        switch (_random.Next(5))
        {
            case 0:
                vocabulary.AddRange(["the", "The", "hello", "he", "Ġthe", "▁the", "don't", "中文", ".", " ", "<a>", "é", .. characters.Except([".", " ", "é"])]);
                return Part("WordLevel", ("unk_token", "[UNK]"), ("vocab", Ids(vocabulary)));
            case 1:
                var prefix = One("##", "##", "", "▁", "é");
                vocabulary.AddRange(characters.Concat(Joined(characters, 40)).SelectMany(t => Chance(0.3) ? (string[])[t] : [t, prefix + t]).Distinct().Except(vocabulary));
                return Part("WordPiece", ("unk_token", "[UNK]"), ("continuing_subword_prefix", prefix), ("max_input_chars_per_word", One(100, 100, 7)), ("vocab", Ids(vocabulary)));
            default:
                return Bpe(characters, vocabulary);
        }
    }

    private JsonObject Bpe(List<string> characters, List<string> vocabulary)
    {
        var (prefix, suffix) = (Chance(0.15) ? "##" : "", Chance(0.15) ? "</w>" : "");
        vocabulary.AddRange(characters);
        if (prefix.Length > 0) vocabulary.AddRange(characters.Select(c => prefix + c));
        if (suffix.Length > 0) vocabulary.AddRange([.. characters.Select(c => c + suffix), .. prefix.Length > 0 ? characters.Select(c => prefix + c + suffix) : []]);
        var bytes = prefix.Length + suffix.Length == 0 && Chance(0.4);
        if (bytes) vocabulary.AddRange(Enumerable.Range(0, 256).Where(b => b != 0xE4 || Chance(0.8)).Select(b => $"<0x{b:X2}>"));
        var merges = new JsonArray();
        var (likely, known) = (new[] { "t", "h", "e", "a", "Ġ", "▁", "l", "o", ".", " ", "n", "0", "1" }, vocabulary.ToHashSet());
        var parts = vocabulary.Skip(3).Where(t => t.Length < 6 || !t.StartsWith("<0x", StringComparison.Ordinal)).ToList();
        var common = parts.Where(t => likely.Any(l => t.Contains(l, StringComparison.Ordinal))).ToList();
        for (var tries = 0; tries < 600 && merges.Count < 120; tries++)
        {
            var (left, right) = (One(Chance(0.8) ? common : parts), One(Chance(0.8) ? common : parts));
            if (left.EndsWith("</w>", StringComparison.Ordinal) || !right.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var merged = left + right[prefix.Length..];
            if (merged.Length > 12) continue;
            if (known.Add(merged))
            {
                vocabulary.Add(merged);
                parts.Add(merged);
                common.Add(merged);
            }

            merges.Add(Chance(0.5) && !(left + right).Contains(' ') || merges.Count > 0 && merges[0] is JsonValue && !(left + right).Contains(' ') ? $"{left} {right}" : new JsonArray(left, right));
        }

        // The two ways of writing merges do not mix.
        var pairs = merges.Any(m => m is JsonArray);
        if (pairs) merges = new([.. merges.Select(m => m is JsonArray ? m.DeepClone() : new JsonArray([.. m!.GetValue<string>().Split(' ').Select(t => (JsonNode)t)]))]);
        return Part(
            "BPE", ("dropout", null), ("unk_token", Chance(0.7) ? "[UNK]" : null), ("continuing_subword_prefix", prefix.Length > 0 ? prefix : null), ("end_of_word_suffix", suffix.Length > 0 ? suffix : null),
            ("fuse_unk", Flag()), ("byte_fallback", bytes), ("ignore_merges", Flag()), ("vocab", Ids(vocabulary)), ("merges", merges));
    }

    private List<string> Joined(List<string> characters, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => One(characters) + One(characters) + (Chance(0.5) ? One(characters) : ""))];

    private static JsonObject Ids(List<string> vocabulary) => new(vocabulary.Select((token, id) => KeyValuePair.Create<string, JsonNode?>(token, id)));

    private static JsonObject Part(string type, params (string Name, JsonNode? Value)[] members)
    {
        var part = new JsonObject { ["type"] = type };
        foreach (var (name, value) in members) part[name] = value?.Parent is null ? value : value.DeepClone();
        return part;
    }

    /// <summary>One part, or a sequence of a few.</summary>
    private JsonNode Sequence(string type, string member, Func<JsonNode> part) =>
        Chance(0.4) ? part() : Part(type, (member, new JsonArray([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => part())])));

    private JsonNode? Maybe(double chance, Func<JsonNode> part) => Chance(chance) ? part() : null;

    private bool Chance(double chance) => _random.NextDouble() < chance;

    private JsonNode Flag() => _random.Next(2) == 0;

    private T One<T>(params IReadOnlyList<T> values) => values[_random.Next(values.Count)];
}

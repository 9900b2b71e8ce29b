using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Small tokenizers that show what one part does, for each part and each of its switches.</summary>
internal static class ReferenceParts
{
    private static readonly string[] Normalizers =
    [
        """{"type":"NFC"}""", """{"type":"NFD"}""", """{"type":"NFKC"}""", """{"type":"NFKD"}""", """{"type":"Lowercase"}""", """{"type":"StripAccents"}""", """{"type":"Nmt"}""", """{"type":"ByteLevel"}""",
        """{"type":"Strip","strip_left":true,"strip_right":true}""",
        """{"type":"Prepend","prepend":"▁x"}""",
        """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""",
        """{"type":"Replace","pattern":{"Regex":"\\s+"},"content":""}""",
        """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"❤️"}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":false}""",
        """{"type":"BertNormalizer","clean_text":false,"handle_chinese_chars":true,"strip_accents":false,"lowercase":true}""",
        """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":false,"strip_accents":true,"lowercase":false}""",
        """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
        """{"type":"Sequence","normalizers":[{"type":"Lowercase"},{"type":"NFKC"},{"type":"Strip","strip_left":true,"strip_right":false}]}""",
    ];

    private static readonly string[] PreTokenizers =
    [
        """{"type":"BertPreTokenizer"}""", """{"type":"Whitespace"}""", """{"type":"UnicodeScripts"}""", """{"type":"FixedLength","length":3}""", """{"type":"WhitespaceSplit"}""", """{"type":"Punctuation","behavior":"Isolated"}""", """{"type":"Punctuation","behavior":"Removed"}""",
        """{"type":"Punctuation","behavior":"MergedWithPrevious"}""", """{"type":"Punctuation","behavior":"MergedWithNext"}""", """{"type":"Punctuation","behavior":"Contiguous"}""",
        """{"type":"Digits","individual_digits":true}""", """{"type":"Digits","individual_digits":false}""", """{"type":"CharDelimiterSplit","delimiter":"e"}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""", """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false}""",
        """{"type":"Split","pattern":{"String":" "},"behavior":"MergedWithPrevious","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"\\s|\\S\\p{P}|\\p{Cf}"},"behavior":"MergedWithNext","invert":false}""",
        """{"type":"Split","pattern":{"Regex":"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"},"behavior":"Removed","invert":true}""",
        """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}]}""",
        """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Punctuation","behavior":"Removed"},{"type":"Digits","individual_digits":true}]}""",
    ];

    private static readonly string[] PostProcessors =
    [
        """{"type":"RobertaProcessing","cls":["H",72],"sep":["E",69],"trim_offsets":TRIM,"add_prefix_space":PREFIX}""",
        """{"type":"ByteLevel","trim_offsets":TRIM,"add_prefix_space":PREFIX}""",
        """
        {"type":"Sequence","processors":[{"type":"ByteLevel","trim_offsets":TRIM,"add_prefix_space":PREFIX},{"type":"TemplateProcessing",
          "single":[{"SpecialToken":{"id":"H","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],
          "special_tokens":{"H":{"id":"H","ids":[72],"tokens":["H"]}}}]}
        """,
    ];

    public static TheoryData<string> AllNormalizers => [.. Normalizers];

    public static TheoryData<string> AllPreTokenizers => [.. PreTokenizers];

    /// <summary>Post-processor with and without trimming, each with prefix space and without, there and in the pre-tokenizer.</summary>
    public static TheoryData<string, bool> AllPostProcessors()
    {
        var data = new TheoryData<string, bool>();
        foreach (var json in PostProcessors)
        {
            foreach (var (trim, prefix, prepends) in new[] { (true, true, true), (true, true, false), (true, false, true), (true, false, false), (false, true, true) })
            {
                data.Add(json.Replace("TRIM", Json(trim)).Replace("PREFIX", Json(prefix)), prepends);
            }
        }

        return data;
    }

    /// <summary>Every byte of the normalized text is a token.</summary>
    public static JsonObject WithNormalizer(string json) => SmallBpe.ByteLevelJson().With("normalizer", JsonNode.Parse(json));

    /// <summary>Every word is unknown, so that its place is all there is to see; and added tokens of each kind.</summary>
    public static JsonObject WithPreTokenizer(string json) => JsonNode.Parse("""
        {
          "version":"1.0","normalizer":null,"post_processor":null,"decoder":null,
          "added_tokens":[
            {"id":1,"content":"<a>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
            {"id":2,"content":"the","special":false,"single_word":true,"lstrip":true,"rstrip":true,"normalized":true},
            {"id":3,"content":"he","special":false,"single_word":false,"lstrip":false,"rstrip":true,"normalized":true},
            {"id":4,"content":"<b>","special":true,"single_word":false,"lstrip":true,"rstrip":false,"normalized":false}],
          "model":{"type":"WordLevel","unk_token":"[UNK]","vocab":{"[UNK]":0,"<a>":1,"the":2,"he":3,"<b>":4}}
        }
        """)!.AsObject().With("pre_tokenizer", JsonNode.Parse(json));

    public static JsonObject WithPostProcessor(string json, bool prependsSpace)
    {
        var tokenizer = SmallBpe.ByteLevelJson().With("post_processor", JsonNode.Parse(json));
        tokenizer["pre_tokenizer"]!["add_prefix_space"] = prependsSpace;
        return tokenizer;
    }

    private static string Json(bool value) => value ? "true" : "false";
}

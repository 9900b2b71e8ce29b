using System.Text.Json.Nodes;
using ModelServer.Tests.Tokenization.Reference;

namespace ModelServer.Tests.Tokenization;

/// <summary>
/// Unigram tokenizers in the shapes that published ones have, over pieces cut at random from texts. Scores tie often, characters are missing,
/// pieces overlap.
/// </summary>
internal static class SmallUnigram
{
    private const string Metaspace = """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""";
    private const string BertTemplate = "[CLS] A [SEP] | [CLS] A [SEP] B1 [SEP]1", XlmTemplate = "<s> A </s> | <s> A </s> </s> B </s>";
    private static readonly string NmtNfkc = Precompiled(SmallCharacterMap.NmtNfkc()), Odd = Precompiled(SmallCharacterMap.Odd());

    private static readonly Dictionary<string, Func<JsonObject>> Shapes = new()
    {
        ["XLM-R"] = () => Of(1, XlmTemplate, NmtNfkc, Sequence("""{"type":"WhitespaceSplit"}""", Metaspace), Metaspace, unknown: 3),
        ["bge-m3"] = () => Of(
            2, XlmTemplate, Normalizers(NmtNfkc, """{"type":"Strip","strip_left":false,"strip_right":true}""", """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}"""),
            Metaspace, Metaspace, unknown: 3, scores: Scores.Digits),
        ["T5"] = () => Untyped(Of(3, "A </s> | A </s> B </s>", NmtNfkc, Metaspace, Metaspace, unknown: 2, scores: Scores.Digits)),
        ["T5, old file"] = () => Untyped(Of(
            4, "A </s> | A </s> B </s>", NmtNfkc, Sequence("""{"type":"WhitespaceSplit"}""", """{"type":"Metaspace","replacement":"▁","str_rep":"▁","add_prefix_space":true}"""),
            """{"type":"Metaspace","replacement":"▁","str_rep":"▁","add_prefix_space":true}""", unknown: 2)),
        ["ALBERT"] = () => Of(
            5, BertTemplate, Normalizers("""{"type":"Replace","pattern":{"String":"``"},"content":"\""}""", """{"type":"NFKD"}""", """{"type":"StripAccents"}""", """{"type":"Lowercase"}""", NmtNfkc),
            Sequence("""{"type":"WhitespaceSplit"}""", Metaspace), Metaspace, unknown: 1),
        ["DeBERTa-v3"] = () => Of(
            6, BertTemplate, Normalizers(NmtNfkc, """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}"""),
            Sequence("""{"type":"Punctuation","behavior":"Isolated"}""", Metaspace), Metaspace, unknown: 3, scores: Scores.Digits),
        ["Marian"] = () => Of(7, "A </s> | A B </s>", NmtNfkc, """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":false}""", unknown: 1),
        ["mBART"] = () => Of(8, "A </s> <s> | A B </s> <s>", NmtNfkc, """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""", Metaspace, unknown: 3),
        ["odd map"] = () => Of(9, XlmTemplate, Odd, """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""", unknown: 3),
        ["odd map before others"] = () => Of(
            10, XlmTemplate, Normalizers("""{"type":"NFKD"}""", Odd, """{"type":"NFC"}""", NmtNfkc, """{"type":"Lowercase"}""", """{"type":"Strip","strip_left":true,"strip_right":true}"""),
            Metaspace, Metaspace, unknown: 3),
        ["byte fallback"] = () => Of(
            11, XlmTemplate, """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""", "null",
            """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""", unknown: 3, bytes: 256),
        ["byte fallback, bytes missing"] = () => Of(12, XlmTemplate, "null", Metaspace, """{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}""", unknown: 0, bytes: 200),
        ["nothing but the model"] = () => Of(13, "A | A B", "null", "null", "null", unknown: 5),
        ["scores above zero"] = () => Of(14, "A | A B", NmtNfkc, Metaspace, Metaspace, unknown: 3, scores: Scores.Positive),
    };

    private enum Scores
    {
        /// <summary>Few values, so that many cuts score the same.</summary>
        Ties,

        /// <summary>Seventeen digits.</summary>
        Digits,

        /// <summary>So high that an unknown character can score better than pieces.</summary>
        Positive,
    }

    public static TheoryData<string> Names => [.. Shapes.Keys];

    public static JsonObject Json(string name) => Shapes[name]();

    private static string Precompiled(Dictionary<string, string> rules) => $$"""{"type":"Precompiled","precompiled_charsmap":"{{SmallCharacterMap.Base64(rules)}}"}""";

    private static string Normalizers(params string[] steps) => $$"""{"type":"Sequence","normalizers":[{{string.Join(',', steps)}}]}""";

    private static string Sequence(params string[] steps) => $$"""{"type":"Sequence","pretokenizers":[{{string.Join(',', steps)}}]}""";

    private static JsonObject Untyped(JsonObject json)
    {
        json["model"]!.AsObject().Remove("type");
        return json;
    }

    private static JsonObject Of(int seed, string template, string normalizer, string preTokenizer, string decoder, int unknown, Scores scores = Scores.Ties, int bytes = 0)
    {
        string[] special = ["<s>", "<pad>", "</s>", "<unk>", "[CLS]", "[SEP]"];
        (special[unknown], special[3]) = ("<unk>", unknown == 3 ? "<unk>" : special[unknown]);
        var random = new Random(seed);
        string[] pieces = [.. special, .. Enumerable.Range(0, bytes).Select(b => $"<0x{b:X2}>"), .. Pieces(random, seed), "<mask>", "▁the"];
        var model = new JsonObject
        {
            ["type"] = "Unigram",
            ["unk_id"] = unknown,
            ["vocab"] = new JsonArray([.. pieces.Select((p, id) => new JsonArray(p, id < special.Length && scores != Scores.Positive ? 0 : Score(random, scores)))]),
        };
        if (bytes > 0) model["byte_fallback"] = true;
        JsonNode?[] added =
        [
            .. special.Select((t, id) => Added(id, t, special: true)), Added(pieces.Length - 2, "<mask>", special: true, leftStrip: true),
            Added(pieces.Length, "<extra_id_0>", special: true, rightStrip: true), Added(pieces.Length + 1, "hello", singleWord: true, normalized: true), Added(pieces.Length + 2, "½x", normalized: true),
            Added(pieces.Length + 3, " the", normalized: true, rightStrip: true),
        ];
        return new()
        {
            ["version"] = "1.0",
            ["added_tokens"] = new JsonArray(added),
            ["normalizer"] = JsonNode.Parse(normalizer),
            ["pre_tokenizer"] = JsonNode.Parse(preTokenizer),
            ["post_processor"] = Template(template.Replace("<s>", special[0] == "<s>" ? "<s>" : special[3]), special),
            ["decoder"] = JsonNode.Parse(decoder),
            ["model"] = model,
        };
    }

    private static HashSet<string> Pieces(Random random, int seed)
    {
        var texts = new MixedTexts(seed, []);
        var pieces = new HashSet<string>(StringComparer.Ordinal) { "▁", "▁▁", "t", "h", "e", "▁t", "he", "aa", "aaaa", " " };
        for (var i = 0; i < 400; i++)
        {
            int[] runes = [.. $"▁{texts.Next().Replace(' ', '▁')}".EnumerateRunes().Select(r => r.Value)];
            for (var cut = 0; cut < 12; cut++)
            {
                var (start, length) = (random.Next(runes.Length), random.Next(1, 1 + random.Next(1, 9)));
                pieces.Add(string.Concat(runes.Skip(start).Take(length).Select(char.ConvertFromUtf32)));
            }
        }

        pieces.ExceptWith(["hello", "½x", " the", "▁the"]);
        return pieces;
    }

    private static double Score(Random random, Scores scores) => scores switch
    {
        Scores.Ties => -random.Next(1, 9),
        Scores.Positive => random.Next(12, 40),
        _ => -random.NextDouble() * 16,
    };

    private static JsonNode Template(string template, string[] special)
    {
        var (single, pair) = (template.Split('|')[0], template.Split('|')[1]);
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = Parts(single),
            ["pair"] = Parts(pair),
            ["special_tokens"] = new JsonObject(special.Select((t, id) => KeyValuePair.Create<string, JsonNode?>(t, new JsonObject { ["id"] = t, ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(t) }))),
        };

        static JsonArray Parts(string parts) => [.. parts.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Part)];

        static JsonNode Part(string part)
        {
            var (name, type) = part.EndsWith('1') ? (part[..^1], 1) : (part, 0);
            return new JsonObject { [name is "A" or "B" ? "Sequence" : "SpecialToken"] = new JsonObject { ["id"] = name, ["type_id"] = type } };
        }
    }

    private static JsonObject Added(int id, string content, bool special = false, bool leftStrip = false, bool rightStrip = false, bool singleWord = false, bool normalized = false) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["special"] = special,
        ["single_word"] = singleWord,
        ["lstrip"] = leftStrip,
        ["rstrip"] = rightStrip,
        ["normalized"] = normalized,
    };
}

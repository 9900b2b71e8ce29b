using System.Text.Json;
using System.Text.Json.Nodes;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Tokenization;

/// <summary>Byte-pair tokenizers small enough that every merge can be followed by hand.</summary>
internal static class SmallBpe
{
    /// <summary>The tokens of all bytes, in the order of the bytes, then what the merges make, then &lt;|end|&gt;.</summary>
    public static readonly string[] ByteMerges = ["h e", "l l", "o Ġ", "he ll", "Ġ w", "Ã ©", "ð Ł", "ðŁ İ", "hell o", "a a", "aa aa"];

    public static HuggingFaceTokenizer ByteLevel { get; } = Load(ByteLevelJson());

    /// <summary>▁ and letters, merges into words, every byte; nothing merges across the beginning of a word.</summary>
    public static HuggingFaceTokenizer SentencePiece { get; } = Load(SentencePieceJson());

    public static JsonObject ByteLevelJson()
    {
        var next = 0x100;
        string[] bytes = [.. Enumerable.Range(0, 256).Select(b => ((char)(b is > 32 and < 127 or > 160 and not 173 ? b : next++)).ToString())];
        string[] tokens = [.. bytes, .. ByteMerges.Select(m => m.Replace(" ", ""))];
        return new()
        {
            ["added_tokens"] = new JsonArray(Added(tokens.Length, "<|end|>")),
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false },
            ["post_processor"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false },
            ["decoder"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false },
            ["model"] = Model(tokens, ByteMerges),
        };
    }

    public static JsonObject SentencePieceJson()
    {
        string[] merges = ["▁ ▁", "▁ t", "h e", "▁t he", "▁▁ ▁▁", "n n"];
        string[] tokens =
        [
            "<unk>", "<s>", .. Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>"), "▁", "t", "h", "e", "n", .. merges.Select(m => m.Replace(" ", "")),
        ];
        var model = Model(tokens, merges);
        (model["unk_token"], model["fuse_unk"], model["byte_fallback"]) = ("<unk>", true, true);
        return JsonNode.Parse("""
            {
              "normalizer": {"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
              "decoder": {"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}
            }
            """)!.AsObject().With("added_tokens", new JsonArray(Added(1, "<s>"))).With("model", model);
    }

    public static HuggingFaceTokenizer Load(JsonObject json)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", json.ToJsonString());
        return TokenizerLoader.Load(folder.Path);
    }

    public static JsonObject With(this JsonObject json, string name, JsonNode? value)
    {
        json[name] = value;
        return json;
    }

    public static string[] Tokens(this HuggingFaceTokenizer tokenizer, string text) =>
        [.. tokenizer.Encode(text, addSpecialTokens: false).Ids.Select(id => tokenizer.IdToToken(id)!)];

    private static JsonObject Model(string[] tokens, string[] merges) => new()
    {
        ["type"] = "BPE",
        ["vocab"] = new JsonObject(tokens.Select((t, i) => KeyValuePair.Create<string, JsonNode?>(t, i))),
        ["merges"] = JsonSerializer.SerializeToNode(merges),
    };

    private static JsonObject Added(int id, string content) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["special"] = true,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
    };
}

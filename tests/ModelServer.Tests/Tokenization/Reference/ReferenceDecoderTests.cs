using System.Text.Json;
using System.Text.Json.Nodes;

namespace ModelServer.Tests.Tokenization.Reference;

/// <summary>Each decoder against the reference library's, on ids in any order of tokens that decoders treat in ways of their own.</summary>
public sealed class ReferenceDecoderTests
{
    private static readonly string[] Tokens =
    [
        "[UNK]", "[SEP]", "a", "##ing", "##", "▁a", "▁", "▁▁", "a▁b", "a</w>", "</w>", "a</w>b", "<0xE2>", "<0x82>", "<0xAC>", "<0x41>", "<0xff>", "<0xG0>", "<0x4>", " ", "  ", " a", "a ", " .", ".", "?", "!", ",", "'", "n't", "'s", "'m", "'ve",
        "'re", "do", "not", " do not", "Ġ", "Ġa", "â", "Ĥ", "¬", "é", "中", "🎉", "\u0301", "x▁</w>##", "Ċ",
    ];

    // No Strip from the end: the reference's ends the process on a token that is shorter than what may go of it.
    [ReferenceTheory]
    [InlineData("null")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":true}""")]
    [InlineData("""{"type":"WordPiece","prefix":"##","cleanup":false}""")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""")]
    [InlineData("""{"type":"BPEDecoder","suffix":"</w>"}""")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""")]
    [InlineData("""{"type":"ByteFallback"}""")]
    [InlineData("""{"type":"Fuse"}""")]
    [InlineData("""{"type":"Strip","content":" ","start":1,"stop":0}""")]
    [InlineData("""{"type":"Strip","content":"a","start":2,"stop":0}""")]
    [InlineData("""{"type":"Replace","pattern":{"String":"▁"},"content":" "}""")]
    [InlineData("""{"type":"Replace","pattern":{"String":"##"},"content":""}""")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"Strip","content":" ","start":2,"stop":0}]}""")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"ByteFallback"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}""")]
    [InlineData("""{"type":"Sequence","decoders":[{"type":"WordPiece","prefix":"##","cleanup":true},{"type":"BPEDecoder","suffix":"</w>"}]}""")]
    public void Decode_EachDecoder_IsTheReferences(string json)
    {
        var tokenizer = new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = JsonNode.Parse("""[{"id":1,"content":"[SEP]","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false}]"""),
            ["decoder"] = JsonNode.Parse(json),
            ["model"] = new JsonObject
            {
                ["type"] = "WordLevel",
                ["unk_token"] = "[UNK]",
                ["vocab"] = new JsonObject(Tokens.Select((token, id) => KeyValuePair.Create<string, JsonNode?>(token, id))),
            },
        };
        var ours = SmallBpe.Load(tokenizer);
        using var reference = new ReferenceTokenizer(tokenizer);
        var random = new Random(20300105);
        for (var round = 0; round < 3000; round++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(9)).Select(_ => random.Next(Tokens.Length))];
            var (expected, actual) = (reference.Decode(ids), ours.Decode(ids, skipSpecialTokens: true));
            Assert.True(expected == actual, $"{JsonSerializer.Serialize(ids.Select(i => Tokens[i]))}: '{expected}', not '{actual}'");
            StreamingDecoderTests.AssertStreams(ours, ids);
        }
    }
}

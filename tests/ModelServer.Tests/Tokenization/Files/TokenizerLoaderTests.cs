using System.Text.Json.Nodes;
using ModelServer.Tokenization.Files;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Tests.Tokenization.Files;

public sealed class TokenizerLoaderTests
{
    // path into tokenizer.json | new JSON, or nothing to remove the member | what the message must name
    [Theory]
    [InlineData("model", null, "lacks 'model'")]
    [InlineData("model", "5", "tokenizer.json.model is number")]
    [InlineData("model.vocab", null, "lacks 'vocab'")]
    [InlineData("model.vocab", "[]", "model.vocab is array")]
    [InlineData("model.vocab", """{"[UNK]":1,"a":-1}""", "model.vocab.a is number")]
    [InlineData("model.vocab", """{"[UNK]":1,"a":1.5}""", "model.vocab.a is number")]
    [InlineData("model.vocab", """{"[UNK]":1,"a":99999999}""", "'a' has id 99999999")]
    [InlineData("model.vocab", """{"[UNK]":1,"a":1}""", "id 1 belongs to '[UNK]' and to 'a'")]
    [InlineData("model.vocab", """{"[PAD]":0}""", "unk_token '[UNK]' is not in the vocabulary")]
    [InlineData("model.unk_token", null, "lacks 'unk_token'")]
    [InlineData("model.continuing_subword_prefix", null, "lacks 'continuing_subword_prefix'")]
    [InlineData("model.max_input_chars_per_word", "\"many\"", "max_input_chars_per_word is string")]
    [InlineData("normalizer.lowercase", "1", "normalizer.lowercase is number")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":7}""", "normalizer.normalizers is number")]
    [InlineData("added_tokens", """[{"id":0,"content":"[PAD]"}]""", "added_tokens[0] lacks 'special'")]
    [InlineData("added_tokens", "[5]", "added_tokens[0] is number")]
    [InlineData("added_tokens[5].id", "4194304", "id 4194304 is out of range")]
    [InlineData("added_tokens[5].id", "0", "id 0 belongs to two added tokens")]
    [InlineData("added_tokens[5].id", "9", "'<url>' with id 9 contradicts the vocabulary")]
    [InlineData("added_tokens[6].content", "\"<url>\"", "'<url>' is added twice")]
    [InlineData("post_processor.single", """[{"Sequence":{"id":"B","type_id":0}}]""", "single uses the second text")]
    [InlineData("post_processor.single", """[{"SpecialToken":{"id":"[NO]","type_id":0}}]""", "'[NO]' is not among special_tokens")]
    [InlineData("post_processor.single", """[{"Other":{}}]""", "must have 'Sequence' or 'SpecialToken'")]
    [InlineData("post_processor.special_tokens.[CLS].ids", "[4000]", "there is no token 4000")]
    [InlineData("truncation.strategy", "\"Never\"", "is 'Never'; it must be one of LongestFirst, OnlyFirst, OnlySecond")]
    [InlineData("decoder.prefix", null, "decoder lacks 'prefix'")]
    [InlineData("decoder", """{"type":"Strip","content":"ab","start":1,"stop":0}""", "content is 'ab'; it must be one character")]
    [InlineData("decoder", """{"type":"Metaspace","replacement":"_","add_prefix_space":false,"prepend_scheme":"first"}""", "contradicts prepend_scheme")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"String":""},"behavior":"Isolated"}""", "pattern.String is empty")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"String":"a"},"behavior":"Kept"}""", "is 'Kept'; it must be one of Removed, Isolated")]
    [InlineData("model", """{"vocab":{"a":0},"merges":["a b"]}""", "merges[0]: 'b' is not in the vocabulary")]
    [InlineData("model", """{"vocab":{"a":0},"merges":["aa"]}""", "merges[0] 'aa' is not two tokens")]
    [InlineData("model", """{"vocab":{"a":0},"merges":[["a"]]}""", "merges[0] must be two tokens")]
    [InlineData("model", """{"vocab":{"a":0},"merges":[["a","a"]]}""", "merges[0]: 'aa' is not in the vocabulary")]
    [InlineData("model", """{"vocab":{"a":0},"merges":[],"unk_token":"b"}""", "unk_token 'b' is not in the vocabulary")]
    [InlineData("model", """{"type":"Unigram","unk_id":0,"vocab":{"a":0}}""", "model.vocab is object; it must be array")]
    [InlineData("model", """{"type":"Unigram","unk_id":1,"vocab":[["a",0]]}""", "unk_id is 1, but there are 1 pieces")]
    [InlineData("model", """{"unk_id":0,"vocab":[]}""", "unk_id is 0, but there are 0 pieces")]
    [InlineData("model", """{"unk_id":0,"vocab":[["a",0],["b"]]}""", "model.vocab[1] must be [piece, score]")]
    [InlineData("model", """{"unk_id":0,"vocab":[["a",0],["b","c"]]}""", "model.vocab[1] must be [piece, score]")]
    [InlineData("model", """{"unk_id":0,"vocab":[["a",1e400]]}""", "model.vocab[0] has a score out of range")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":"%"}""", "precompiled_charsmap is not valid")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":""}""", "the length of its trie is wrong")]
    [InlineData("normalizer", """{"type":"Precompiled","precompiled_charsmap":null}""", "lacks 'precompiled_charsmap'")]
    public void Load_WrongFile_SaysWhatIsWrong(string path, string? json, string message)
    {
        using var folder = TokenizerFolder.With(root => Set(root, path, json));
        var e = Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.type", "\"Unknown\"", "model type 'Unknown' is not supported yet")]
    [InlineData("model", """{"type":"Unigram","unk_id":null,"vocab":[["a",0]]}""", "a Unigram model without 'unk_id' is not supported yet")]
    [InlineData("normalizer", """{"type":"Sequence","normalizers":[{"type":"Unknown"}]}""", "normalizer type 'Unknown' is not supported yet (tokenizer.json.normalizer.normalizers[0])")]
    [InlineData("pre_tokenizer.type", "\"Unknown\"", "pre_tokenizer type 'Unknown' is not supported yet")]
    [InlineData("post_processor.type", "\"Unknown\"", "post_processor type 'Unknown' is not supported yet")]
    [InlineData("decoder.type", "\"Unknown\"", "decoder type 'Unknown' is not supported yet")]
    [InlineData("model", """{"type":"BPE","dropout":0.1,"vocab":{},"merges":[]}""", "dropout is not supported yet")]
    [InlineData("pre_tokenizer", """{"type":"Split","pattern":{"Regex":"\\G"},"behavior":"Isolated"}""", @"regular expression with \G at 0 is not supported yet")]
    [InlineData("normalizer", """{"type":"Replace","pattern":{"Regex":"a*"},"content":""}""", "regular expression with a match of nothing is not supported yet")]
    [InlineData("post_processor", """{"type":"Sequence","processors":[{"type":"BertProcessing","cls":["[CLS]",2],"sep":["[SEP]",3]},{"type":"ByteLevel"}]}""", "type 'Sequence of BertProcessing, ByteLevel' is not")]
    [InlineData("model", """{"type":"BPE","byte_fallback":true,"end_of_word_suffix":"</w>","vocab":{},"merges":[]}""", "byte_fallback with a prefix or a suffix is not")]
    [InlineData("decoder", """{"type":"Replace","pattern":{"Regex":"(a)\\1"},"content":""}""", @"regular expression with \1 at 3 is not")]
    [InlineData("version", "\"2.0\"", "version '2.0' is not supported yet")]
    public void Load_UnsupportedPart_IsRefusedByName(string path, string json, string message)
    {
        using var folder = TokenizerFolder.With(root => Set(root, path, json));
        var e = Assert.Throws<UnsupportedTokenizerException>(() => TokenizerLoader.Load(folder.Path));
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
    }

    // Files of the library's first versions; "abc" tells the models apart.
    [Theory]
    [InlineData("""{"merges":["a b"]}""", "ab|c")]
    [InlineData("""{"merges":["a b"],"dropout":null,"unk_token":"[UNK]","continuing_subword_prefix":"","end_of_word_suffix":""}""", "ab|c")]
    [InlineData("""{"unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":100}""", "ab|##c")]
    [InlineData("""{"unk_token":"[UNK]"}""", "[UNK]")]
    [InlineData("""{"unk_token":"[UNK]","max_input_chars_per_word":100}""", "[UNK]")]
    public void Load_ModelWithoutType_IsToldByWhatItHas(string model, string tokens)
    {
        using var folder = new TokenizerFolder();
        var json = JsonNode.Parse(model)!.AsObject().With("vocab", JsonNode.Parse("""{"[UNK]":0,"a":1,"b":2,"c":3,"ab":4,"##c":5}"""));
        folder.Write("tokenizer.json", new JsonObject { ["model"] = json }.ToJsonString());
        Assert.Equal(tokens, string.Join('|', TokenizerLoader.Load(folder.Path).Tokens("abc")));
    }

    [Theory]
    [InlineData("""{"unk_id":0,"vocab":[["<unk>",0],["a",-1],["bc",-1]]}""")]
    [InlineData("""{"unk_id":0,"vocab":[["<unk>",0],["a",-1],["bc",-1]],"merges":[],"unk_token":"<unk>"}""")]
    public void Load_ListOfPiecesWithoutType_IsUnigram(string model)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", $$"""{"model":{{model}}}""");
        Assert.Equal(["a", "bc"], TokenizerLoader.Load(folder.Path).Tokens("abc"));
    }

    [Fact]
    public void Load_ModelOfNothingButAVocabulary_LacksItsType()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", """{"model":{"vocab":{"a":0}}}""");
        Assert.Contains("tokenizer.json.model lacks 'type'", Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "is not valid")]
    [InlineData("[]", "is array; it must be object")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"a":0,"a":1}}}""", "is not valid")]
    [InlineData("""{"model":{"type":"WordPiece","vocab":{"\ud800":0}}}""", "not valid")]
    [InlineData("""{"model":{"type":"\ud800"}}""", "not well-formed text")]
    [InlineData("""{"model":{"unk_id":0,"vocab":[["\ud800",0]]}}""", "model.vocab[0] is not well-formed text")]
    public void Load_BrokenJson_SaysSo(string json, string message)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", json);
        Assert.Contains(message, Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_DeepNesting_IsRefused()
    {
        using var folder = new TokenizerFolder();
        var nested = string.Concat(Enumerable.Repeat("""{"type":"Sequence","normalizers":[""", 5000)) + string.Concat(Enumerable.Repeat("]}", 5000));
        folder.Write("tokenizer.json", $$"""{"normalizer":{{nested}}}""");
        Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path));
    }

    [Fact]
    public void Load_EmptyFolder_NamesTheFilesItLooksFor()
    {
        using var folder = new TokenizerFolder();
        Assert.Contains("neither tokenizer.json nor vocab.txt, nor vocab.json with merges.txt", Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VocabularyAlone_IsABertTokenizer()
    {
        using var folder = new TokenizerFolder();
        folder.Copy(Path.Combine(TokenizerFixtures.Folder, "vocab.txt"));
        var tokenizer = TokenizerLoader.Load(folder.Path);
        Assert.Equal(TokenizerFixtures.Small.Encode("Hello, [MASK]!", "the fox").Ids, tokenizer.Encode("Hello, [MASK]!", "the fox").Ids);
        Assert.Equal(TokenizerFixtures.Small.VocabularySize - 3, tokenizer.VocabularySize);
    }

    [Fact]
    public void Load_VocabularyOfACasedModel_KeepsCaseAndAccents()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\nCafé\ncafe\n");
        folder.Write("tokenizer_config.json", """{"do_lower_case":false}""");
        Assert.Equal([4, 1], TokenizerLoader.Load(folder.Path).EncodeToIds("Café café"));
    }

    [Theory]
    [InlineData("[UNK]\n[SEP]\n", "lacks the cls_token '[CLS]'")]
    [InlineData("[UNK]\n[SEP]\n[CLS]\na\na\n", "token 'a' occurs twice")]
    public void Load_WrongVocabulary_SaysWhatIsWrong(string content, string message)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", content);
        Assert.Contains(message, Assert.Throws<InvalidTokenizerException>(() => TokenizerLoader.Load(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_Config_IsReadBesideTheTokenizer()
    {
        var config = TokenizerFixtures.Small.Config;
        Assert.Equal((512, true, "[MASK]"), (config.ModelMaxLength, config.CleanUpSpaces, config.Role("mask_token")));
        Assert.Equal(new PaddingSettings(0, 0, Left: false), TokenizerFixtures.Small.Padding);
    }

    private static void Set(JsonObject root, string path, string? json)
    {
        JsonNode node = root;
        var steps = path.Replace("[CLS]", "(CLS)").Replace("[", ".[").Split('.');
        foreach (var step in steps[..^1]) node = step[0] == '[' ? node[int.Parse(step[1..^1])]! : node[step.Replace("(CLS)", "[CLS]")]!;
        if (json is null) node.AsObject().Remove(steps[^1]);
        else node[steps[^1]] = JsonNode.Parse(json);
    }
}

using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class GenAiConfigTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Read_NoFile_IsNull() => Assert.Null(GenAiConfig.Read(new ModelFolder(_models.Path, "m", "1")));

    [Theory]
    [InlineData("98", new[] { 98 })]
    [InlineData("[128001, 128009]", new[] { 128001, 128009 })]
    [InlineData("null", null)]
    public void Read_EndTokens_OneOrSeveral(string ids, int[]? expected)
        => Assert.Equal(expected, Read($$"""{ "model": { "eos_token_id": {{ids}} } }""").EndTokens);

    [Theory]
    [InlineData("""{ "model": { "eos_token_id": "</s>" } }""", "eos_token_id")]
    [InlineData("""{ "model": { "eos_token_id": [1, "2"] } }""", "eos_token_id")]
    [InlineData("""{ "search": {} }""", "no \"model\"")]
    [InlineData("""{ "model": { "type": "whisper", "encoder": {}, "decoder": {} } }""", "several graphs (whisper)")]
    [InlineData("""{ "model": { "type": "phi3v", "vision": {}, "embedding": {} } }""", "several graphs (phi3v)")]
    [InlineData("""{ "model": { "type": "decoder-pipeline", "decoder": { "pipeline": [] } } }""", "several graphs (decoder-pipeline)")]
    [InlineData("""{ "model": 5 }""", "genai_config.json is not what it should be")]
    public void Read_WhatIsNotServed_SaysWhy(string json, string reason)
        => Assert.Contains(reason, Assert.Throws<ModelLoadException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Read_Names_OfBothForms()
    {
        var split = Read("""{ "model": { "decoder": { "inputs": { "past_key_names": "k%d", "past_value_names": "v%d" }, "outputs": { "present_names": "p%d" } } } }""");

        Assert.Equal(["k%d", "v%d"], split.Past!);
        Assert.Equal(["p%d"], split.Present!);
    }

    [Fact]
    public void Configuration_WithoutConfigJson_ComesFromIt()
    {
        _models.Write("m/1/genai_config.json", """{ "model": { "type": "gpt2", "context_length": 512, "vocab_size": 1000, "pad_token_id": 98 } }""");

        var config = TransformerConfig.Read(new ModelFolder(_models.Path, "m", "1"));

        Assert.Equal(("gpt2", 512, 1000, 98), (config.ModelType, config.MaxTokens(), config.VocabSize, config.PadTokenId));
    }

    private GenAiConfig Read(string json)
    {
        _models.Write("m/1/genai_config.json", json);
        return GenAiConfig.Read(new ModelFolder(_models.Path, "m", "1"))!;
    }
}

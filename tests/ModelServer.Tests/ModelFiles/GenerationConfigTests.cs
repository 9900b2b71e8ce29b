using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class GenerationConfigTests : IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly List<string> _warnings = [];

    [Fact]
    public void Read_NoFile_SaysNothing() => Assert.Equal(SamplingDefaults.None, Read(null));

    [Theory]
    [InlineData("""{"eos_token_id":3,"transformers_version":"4.50.0","max_length":20}""")]
    [InlineData("""{"temperature":null,"top_k":null,"num_beams":1,"length_penalty":1.0,"no_repeat_ngram_size":0,"typical_p":1.0,"bad_words_ids":[],"early_stopping":false,"use_cache":true}""")]
    public void Read_WhatChangesNothing_SaysNothing(string json)
    {
        Assert.Equal(SamplingDefaults.None, Read(json));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Read_AllThatIsServed_IsTaken()
    {
        var expected = new SamplingDefaults { Temperature = 0.6f, TopK = 20, TopP = 0.95f, MinP = 0.05f, RepetitionPenalty = 1.05f, MaxTokens = 512 };

        Assert.Equal(expected, Read("""{"do_sample":true,"temperature":0.6,"top_k":20,"top_p":0.95,"min_p":0.05,"repetition_penalty":1.05,"max_new_tokens":512}"""));
        // As vLLM reads it: that nothing is said of sampling does not turn it off.
        Assert.Equal(new SamplingDefaults { Temperature = 0.6f }, Read("""{"temperature":0.6}"""));
    }

    [Fact]
    public void Read_NotToBeSampled_IsGreedyWithoutCuts()
        => Assert.Equal(
            new SamplingDefaults { Temperature = 0, RepetitionPenalty = 1.1f, MaxTokens = 5 },
            Read("""{"do_sample":false,"temperature":0.6,"top_k":50,"top_p":0.9,"min_p":0.1,"repetition_penalty":1.1,"max_new_tokens":5}"""));

    [Theory]
    [InlineData("""{"temperature":-1}""", "temperature must be at least 0.")]
    [InlineData("""{"temperature":1e60}""", "temperature must be at least 0.")]
    [InlineData("""{"do_sample":false,"temperature":-1}""", "temperature must be at least 0.")]
    [InlineData("""{"top_k":-2}""", "top_k must be at least 0, or -1.")]
    [InlineData("""{"top_p":1.5}""", "top_p must be 0 to 1.")]
    [InlineData("""{"min_p":-0.1}""", "min_p must be 0 to 1.")]
    [InlineData("""{"repetition_penalty":0}""", "repetition_penalty must be 0.01 to 100.")]
    [InlineData("""{"max_new_tokens":0}""", "max_new_tokens must be at least 1.")]
    [InlineData("""{"temperature":"hot"}""", " is not what it should be in line 1 at $.temperature: no JSON, an unknown key, or a value of the wrong kind.")]
    public void Read_ValueThatCannotBe_IsRefused(string json, string reason)
    {
        var message = Assert.Throws<ModelLoadException>(() => Read(json)).Message;

        Assert.StartsWith("generation_config.json", message, StringComparison.Ordinal);
        Assert.EndsWith(reason, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhatIsNotSupported_IsTold()
    {
        Assert.Equal(new SamplingDefaults { TopK = 5 }, Read("""{"top_k":5,"num_beams":4,"no_repeat_ngram_size":3,"suppress_tokens":[1],"forced_bos_token_id":7,"length_penalty":2}"""));

        Assert.Equal("generation_config.json asks for what is not supported, and texts are made without it: num_beams, no_repeat_ngram_size, suppress_tokens, forced_bos_token_id.", Assert.Single(_warnings));
    }

    [Fact]
    public void Read_ModelBuildersSearch_IsTakenWhereTheOtherFileIsSilent()
    {
        const string Search = """{"do_sample":true,"temperature":0.8,"top_k":50,"top_p":1.0,"max_length":4096,"num_beams":1,"min_length":0,"length_penalty":1.0,"early_stopping":true,"past_present_share_buffer":true}""";

        var expected = new SamplingDefaults { Temperature = 0.8f, TopK = 50, TopP = 1 };
        Assert.Equal(expected, Read(null, Search));
        Assert.Equal(expected, Read("""{"eos_token_id":3}""", Search));
        Assert.Equal(new SamplingDefaults { TopP = 0.5f }, Read("""{"top_p":0.5}""", Search));
        Assert.Empty(_warnings);
    }

    [Theory]
    [InlineData("""{"top_p":-1}""", "genai_config.json: search: top_p must be 0 to 1.")]
    [InlineData("""{"top_p":"x"}""", "genai_config.json: search is not what it should be at $.top_p: a value of the wrong kind.")]
    [InlineData("[]", "genai_config.json: search is not what it should be at $: a value of the wrong kind.")]
    public void Read_SearchThatCannotBe_IsRefused(string search, string message)
        => Assert.Equal(message, Assert.Throws<ModelLoadException>(() => Read(null, search)).Message);

    public void Dispose() => _models.Dispose();

    private SamplingDefaults Read(string? generation, string? search = null)
    {
        if (generation is not null) _models.Write("m/1/generation_config.json", generation);
        if (search is not null) _models.Write("m/1/genai_config.json", $$"""{"model":{},"search":{{search}}}""");
        var folder = new ModelFolder(_models.Path, "m", "1");
        return GenerationConfig.Read(folder, GenAiConfig.Read(folder), _warnings.Add);
    }
}

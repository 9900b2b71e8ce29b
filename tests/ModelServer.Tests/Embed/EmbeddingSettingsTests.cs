using ModelServer.Embed;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.Embed;

public sealed class EmbeddingSettingsTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Read_NoFiles_IsTheMeanNotNormalized()
    {
        var settings = Read();

        Assert.Equal(Pooling.Mean, settings.Pooling);
        Assert.False(settings.Normalize);
        Assert.Empty(settings.Files.Prompts);
    }

    [Theory]
    [InlineData("""{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":false}""", "Cls")]
    [InlineData("""{"pooling_mode_mean_tokens":true}""", "Mean")]
    [InlineData("""{"pooling_mode_max_tokens":true,"include_prompt":true}""", "Max")]
    [InlineData("""{"pooling_mode_lasttoken":true}""", "Last")]
    [InlineData("""{"pooling_mode":"lasttoken","embedding_dimension":16}""", "Last")]
    public void Read_PoolingConfig_IsFollowed(string config, string expected)
    {
        Modules("sentence_transformers.models.Transformer:", "sentence_transformers.base.modules.pooling.Pooling:1_Pooling", "sentence_transformers.models.Normalize:2_Normalize");
        _models.Write("a/1/1_Pooling/config.json", config);

        Assert.Equal(expected, Read().Pooling.ToString());
        Assert.True(Read().Normalize);
        Assert.Equal(Pooling.Max, Read(new ServingConfig { Pooling = Pooling.Max }).Pooling);
        Assert.False(Read(new ServingConfig { Normalize = false }).Normalize);
    }

    [Theory]
    [InlineData("""{"pooling_mode_weightedmean_tokens":true}""", "weightedmean_tokens")]
    [InlineData("""{"pooling_mode_mean_sqrt_len_tokens":true}""", "mean_sqrt_len_tokens")]
    [InlineData("""{"pooling_mode_cls_token":true,"pooling_mode_mean_tokens":true}""", "cls_token, mean_tokens")]
    [InlineData("""{}""", "pooling mode")]
    [InlineData("""[]""", "config.json")]
    public void Read_UnsupportedPooling_IsRefusedByName(string config, string named)
    {
        Modules("sentence_transformers.models.Pooling:1_Pooling");
        _models.Write("a/1/1_Pooling/config.json", config);

        Assert.Contains(named, Assert.Throws<ModelLoadException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sentence_transformers.models.Dense:2_Dense", "Dense")]
    [InlineData("sentence_transformers.models.Pooling:absent", "absent")]
    [InlineData("sentence_transformers.models.Pooling:../../..", "leads out")]
    public void Read_UnsupportedModule_IsRefusedByName(string module, string named)
    {
        Modules(module);

        Assert.Contains(named, Assert.Throws<ModelLoadException>(() => Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Prompts_AreKept()
    {
        _models.Write("a/1/config_sentence_transformers.json", """{"prompts":{"query":"query: ","passage":"passage: "},"default_prompt_name":"passage","similarity_fn_name":"cosine"}""");
        _models.Write("a/1/sentence_bert_config.json", """{"max_seq_length":128,"do_lower_case":false}""");

        var settings = Read();

        Assert.Equal("query: ", settings.Files.Prompts["query"]);
        Assert.Equal("passage", settings.Files.DefaultPrompt);
        Assert.Equal(128, settings.Files.MaxTokens);
    }

    [Theory]
    [InlineData("config_sentence_transformers.json", """{"prompts":{},"default_prompt_name":"query"}""", "query")]
    [InlineData("sentence_bert_config.json", """{"do_lower_case":true}""", "do_lower_case")]
    public void Read_Contradiction_IsRefused(string file, string json, string named)
    {
        _models.Write($"a/1/{file}", json);

        Assert.Contains(named, Assert.Throws<ModelLoadException>(() => Read()).Message, StringComparison.Ordinal);
    }

    private void Modules(params string[] typesAndPaths)
    {
        var modules = typesAndPaths.Select(m => m.Split(':')).Select((m, i) => $$"""{"idx":{{i}},"name":"{{i}}","type":"{{m[0]}}","path":"{{m[1]}}"}""");
        _models.Write("a/1/modules.json", $"[{string.Join(',', modules)}]");
    }

    private EmbeddingSettings Read(ServingConfig? serving = null) => EmbeddingSettings.Read(new ModelFolder(_models.Path, "a", "1"), serving ?? new());
}

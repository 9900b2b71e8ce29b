using ModelServer.ChatTemplates;
using ModelServer.Generation;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Generation;

public sealed class TextSettingsTests : IDisposable
{
    private static readonly HuggingFaceTokenizer Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-tokenizer"));
    private readonly TemporaryModels _models = new();

    [Theory]
    [InlineData("""{"eos_token_id":7}""", """{"eos_token_id":3}""", new[] { 7 })]
    [InlineData("""{"eos_token_id":[7,8]}""", """{"eos_token_id":3}""", new[] { 7, 8 })]
    [InlineData("""{"temperature":0.7}""", """{"eos_token_id":3}""", new[] { 3 })]
    [InlineData("""{"eos_token_id":null}""", """{}""", new int[0])]
    public void Read_EndTokens_AreThoseOfTheFirstFileThatNamesAny(string generation, string config, int[] expected)
    {
        _models.Write("story/1/generation_config.json", generation);
        _models.Write("story/1/config.json", config);

        Assert.Equal(expected, Read().EndTokens);
    }

    [Theory]
    [InlineData("""{"eos_token_id":"3"}""")]
    [InlineData("""{"eos_token_id":[1.5]}""")]
    public void Read_EndTokenOfAnotherKind_IsRefused(string config)
    {
        _models.Write("story/1/config.json", config);

        Assert.Throws<ModelLoadException>(() => Read());
    }

    [Theory]
    [InlineData("""{"chat_template":"{{ '<|im_start|>' }}{{ '<|im_end|>' }}"}""")]
    [InlineData("""{"chat_template":[{"name":"tool_use","template":"x"},{"name":"default","template":"<|im_start|><|im_end|>"}]}""")]
    public void Read_TemplateOfTheTokenizer_IsRecognised(string tokenizerConfig)
    {
        _models.Write("story/1/tokenizer_config.json", tokenizerConfig);

        Assert.Equal("<|im_end|>", Read().ChatTemplate?.EndOfTurn);
    }

    [Fact]
    public void Read_TemplateFile_ComesFirst()
    {
        _models.Write("story/1/chat_template.jinja", "<|im_start|><|im_end|>");
        _models.Write("story/1/tokenizer_config.json", """{"chat_template":"[INST]"}""");

        Assert.NotNull(Read().ChatTemplate);
    }

    [Fact]
    public void Read_OtherTemplate_IsNone()
    {
        _models.Write("story/1/tokenizer_config.json", """{"chat_template":"[INST]"}""");

        Assert.Null(Read().ChatTemplate);
        Assert.Same(ChatTemplate.Plain, Read(new() { ChatTemplate = "none" }).ChatTemplate);
        Assert.Equal("<|im_end|>", Read(new() { ChatTemplate = "chatml" }).ChatTemplate?.EndOfTurn);
    }

    public void Dispose() => _models.Dispose();

    private TextSettings Read(ServingConfig? serving = null) => TextSettings.Read(new ModelFolder(_models.Path, "story", "1"), serving ?? new(), Tokenizer);
}

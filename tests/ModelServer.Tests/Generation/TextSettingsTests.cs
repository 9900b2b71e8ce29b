using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Generation;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;
using ModelServer.ToolCalls;

namespace ModelServer.Tests.Generation;

public sealed class TextSettingsTests : IDisposable
{
    private const string ChatMl = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|im_end|>\n' }}{% endfor %}{{ '<|im_start|>assistant\n' }}";
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
    [InlineData(null, "{}", "none", false)]
    [InlineData("{{ '<tool_call></think>' }}", "{}", "hermes", true)]
    [InlineData("{{ '<tool_call></think>' }}", """{"toolCalls":"none","reasoning":"none"}""", "none", false)]
    [InlineData(null, """{"toolCalls":"mistral","reasoning":"think","chatTemplate":"chatml"}""", "mistral", true)]
    public void Read_Answers_AreOfTheFormThatFilesTell(string? template, string serving, string calls, bool thinks)
    {
        if (template is not null) _models.Write("story/1/chat_template.jinja", template);
        _models.Write("story/1/serving.json", serving);

        var answers = Read(ServingConfig.Read(new(_models.Path, "story", "1"))).Answers;

        Assert.Equal((calls, thinks), (answers.Calls.Name(), answers.Thinks));
    }

    [Theory]
    [InlineData("""{"toolCalls":"qwen"}""", "toolCalls must be")]
    [InlineData("""{"reasoning":"yes"}""", "reasoning must be")]
    public void Read_FormThatIsNotKnown_IsRefused(string serving, string message)
    {
        _models.Write("story/1/serving.json", serving);

        Assert.Contains(message, Assert.Throws<ModelLoadException>(() => ServingConfig.Read(new(_models.Path, "story", "1"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"eos_token_id":"3"}""")]
    [InlineData("""{"eos_token_id":[1.5]}""")]
    public void Read_EndTokenOfAnotherKind_IsRefused(string config)
    {
        _models.Write("story/1/config.json", config);

        Assert.Throws<ModelLoadException>(() => Read());
    }

    [Fact]
    public void Read_TemplateOfTheTokenizer_IsRecognised()
    {
        foreach (var template in new[] { JsonSerializer.Serialize(ChatMl), $$"""[{"name":"tool_use","template":"x"},{"name":"default","template":{{JsonSerializer.Serialize(ChatMl)}}}]""" })
        {
            _models.Write("story/1/tokenizer_config.json", $$"""{"chat_template":{{template}}}""");

            Assert.Equal("<|im_end|>\n<|im_start|>user\nb<|im_end|>\n<|im_start|>assistant\n", Read().ChatTemplate?.BehindAnswer());
        }
    }

    [Fact]
    public void Read_TemplateFile_ComesFirst()
    {
        _models.Write("story/1/chat_template.jinja", ChatMl);
        _models.Write("story/1/tokenizer_config.json", """{"chat_template":"[INST]"}""");

        Assert.NotNull(Read().ChatTemplate);
    }

    [Theory]
    [InlineData("tokenizer_config.json", """{"chat_template":[{"name":"default","template":"default"},{"name":"rag","template":"rag"},{"name":"tool_use","template":"{{ tools | length }} tools"}]}""")]
    [InlineData("additional_chat_templates/tool_use.jinja", "{{ tools | length }} tools")]
    public void Read_TemplateForTools_IsForThoseAlone(string file, string content)
    {
        _models.Write("story/1/chat_template.jinja", "default");
        if (file == "tokenizer_config.json") File.Delete(Path.Combine(_models.Path, "story/1/chat_template.jinja"));
        _models.Write($"story/1/{file}", content);
        var template = Read().ChatTemplate!;
        var tool = new ToolDefinition("f", null, null, IsStrict: false, JsonDocument.Parse("{}").RootElement);

        Assert.Equal("default", Text(template.Render(new([new("user", "a")]))));
        Assert.Equal("1 tools", Text(template.Render(new([new("user", "a")]) { Tools = [tool] })));
    }

    [Fact]
    public void Read_NamedTemplatesWithoutADefault_SaysSo()
    {
        _models.Write("story/1/tokenizer_config.json", """{"chat_template":[{"name":"rag","template":"a"},{"name":"tool_use","template":"b"}]}""");

        Assert.Null(Read().ChatTemplate);
        Assert.Contains("none of them called default", Read().NoChat, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TemplateThatIsNone_SaysWhyAndWhatToSet()
    {
        _models.Write("story/1/tokenizer_config.json", """{"chat_template":"{% if"}""");

        Assert.Null(Read().ChatTemplate);
        Assert.Contains("cannot be read: unexpected end of template", Read().NoChat, StringComparison.Ordinal);
        Assert.Contains("\"chatTemplate\"", Read().NoChat, StringComparison.Ordinal);
        Assert.Same(ChatTemplate.Plain, Read(new() { ChatTemplate = "none" }).ChatTemplate);
        Assert.StartsWith("<|im_end|>", Read(new() { ChatTemplate = "chatml" }).ChatTemplate?.BehindAnswer(), StringComparison.Ordinal);
        Assert.Null(Read(new() { ChatTemplate = "chatml" }).UnknownTemplate);
    }

    [Fact]
    public void Read_TemplateThatEndsAnswersWithASpecialToken_EndsTextsThere()
    {
        _models.Write("story/1/generation_config.json", """{"eos_token_id":7}""");
        _models.Write("story/1/chat_template.jinja", "{% for m in messages %}{{ m.content + '\n[SEP]' }}{% endfor %}");

        Assert.Equal([7, Tokenizer.TokenToId("[SEP]")!.Value], Read().EndTokens);
    }

    [Fact]
    public void Read_NoTemplate_SaysSo()
    {
        Assert.StartsWith("The model has no chat template;", Read().NoChat, StringComparison.Ordinal);
        Assert.Null(Read().UnknownTemplate);
    }

    public void Dispose() => _models.Dispose();

    private static string Text(ModelServer.Requests.TextPrompt prompt) => ((ModelServer.Requests.TextInput)prompt.Input).Text;

    private TextSettings Read(ServingConfig? serving = null) => TextSettings.Read(new ModelFolder(_models.Path, "story", "1"), serving ?? new(), Tokenizer, TimeProvider.System);
}

using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Constraints;
using ModelServer.ToolCalls;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.ToolCalls;

public class ToolCallGrammarTests
{
    private static readonly ToolDefinition Add = Tool("add", """{"type":"object","properties":{"a":{}}}""");
    private static readonly ToolDefinition Now = Tool("now", null);

    public static TheoryData<string, string> Demanded => new()
    {
        { "hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"x\":1}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>" },
        { "llama3", "{\"name\": \"add\", \"parameters\": {\"x\":1}}; {\"name\": \"now\", \"parameters\": {}}" },
        { "mistral", "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {\"x\":1}}, {\"name\": \"now\", \"arguments\": {}}]" },
        { "phi4", "<|tool_call|>[{\"name\": \"add\", \"arguments\": {\"x\":1}}, {\"name\": \"now\", \"arguments\": {}}]<|/tool_call|>" },
    };

    /// <summary>What a grammar demands is what the reader of the form reads.</summary>
    [Theory]
    [MemberData(nameof(Demanded))]
    public void Of_Required_IsCallsThatTheReaderReads(string form, string text)
    {
        var kind = ToolCallForms.ByName[form];
        var grammar = Grammar(kind, ToolChoice.Required)!;

        Assert.True(GrammarText.Matches(grammar, text));
        Assert.False(GrammarText.Matches(grammar, "Hello."));
        Assert.False(GrammarText.Matches(grammar, "Hello. " + text));
        Assert.False(GrammarText.Matches(grammar, text.Replace("add", "sub", StringComparison.Ordinal)));
        Assert.False(GrammarText.Matches(Grammar(kind, ToolChoice.Required, parallel: false)!, text));
        Assert.False(GrammarText.Matches(Grammar(kind, ToolChoice.Only("add"))!, text));
        var pieces = new AnswerForm(kind, Thinks: false).Read(["add", "now"], isThinking: false);
        var told = new AnswerPieces();
        pieces.Append(text, told);
        pieces.End(told);
        Assert.Equal(
            [new(PieceKind.Call, "add"), new(PieceKind.Arguments, "{\"x\":1}"), new(PieceKind.CallEnd), new(PieceKind.Call, "now"), new(PieceKind.Arguments, "{}"), new(PieceKind.CallEnd)],
            told.Take());
    }

    [Fact]
    public void Of_RequiredOfHarmony_IsOneCallBehindItsAnalysis()
    {
        const string Call = "<|channel|>commentary to=functions.add <|constrain|>json<|message|>{\"x\":1}";
        var grammar = Grammar(ToolCallForm.Harmony, ToolChoice.Required)!;

        Assert.True(GrammarText.Matches(grammar, Call));
        Assert.True(GrammarText.Matches(grammar, "<|channel|>analysis<|message|>Hm <|en.<|end|><|start|>assistant" + Call));
        Assert.False(GrammarText.Matches(grammar, "<|channel|>final<|message|>Hm."));
        Assert.Equal("Call(add)\nArguments({\"x\":1})\nCallEnd()", AnswerTexts.Read(ToolCallForm.Harmony, [Call]));
    }

    [Fact]
    public void Of_MistralWithAMarkOfArguments_IsTheNewerForm()
    {
        var form = new AnswerForm(ToolCallForm.Mistral, Thinks: false) { TokenMarks = new Dictionary<string, int> { ["[TOOL_CALLS]"] = 1, ["[ARGS]"] = 2 } };
        var grammar = new ToolCallGrammar(form, Schema).Of([Add], ToolChoice.Required, parallel: true, text: null, isThinking: false)!;

        Assert.True(GrammarText.Matches(grammar, "[TOOL_CALLS]add[ARGS]{\"x\":1}[TOOL_CALLS]add[ARGS]{\"x\":1}"));
        Assert.Equal(["[TOOL_CALLS]", "[ARGS]", "[TOOL_CALLS]", "[ARGS]"], GrammarText.Tokens(grammar.Root));
    }

    [Fact]
    public void Of_ModelThatThinks_LetsItThinkFirst()
    {
        const string Call = "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
        var grammars = new ToolCallGrammar(new(ToolCallForm.Hermes, Thinks: true), Schema);
        var begun = grammars.Of([Now], ToolChoice.Required, true, null, isThinking: true)!;
        var free = grammars.Of([Now], ToolChoice.Required, true, null, isThinking: false)!;

        Assert.True(GrammarText.Matches(begun, "Hm, <b> </thing> it is.\n</think>\n\n" + Call));
        Assert.False(GrammarText.Matches(begun, Call));
        Assert.True(GrammarText.Matches(free, Call));
        Assert.True(GrammarText.Matches(free, "<think>\nHm.</think>\n" + Call));
        Assert.False(GrammarText.Matches(free, "Hm.</think>\n" + Call));
    }

    [Fact]
    public void Of_AutoWithAFormat_IsTheTextOrCalls()
    {
        var grammar = new ToolCallGrammar(new(ToolCallForm.Hermes, Thinks: false), Schema).Of([Now], ToolChoice.Auto, true, new(Expression.Text("{\"y\":2}")), false)!;

        Assert.True(GrammarText.Matches(grammar, "{\"y\":2}"));
        Assert.True(GrammarText.Matches(grammar, "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>"));
        Assert.False(GrammarText.Matches(grammar, "Hello."));
    }

    [Fact]
    public void Of_NoneWithAFormat_IsTheText()
    {
        var grammar = new ToolCallGrammar(new(ToolCallForm.Hermes, Thinks: false), Schema).Of([Now], ToolChoice.None, true, new(Expression.Text("{\"y\":2}")), false)!;

        Assert.True(GrammarText.Matches(grammar, "{\"y\":2}"));
        Assert.False(GrammarText.Matches(grammar, "<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>"));
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"x\":1}}\n</tool_call>", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"x\":2}}\n</tool_call>")]
    [InlineData("mistral", "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {\"x\":1}}]", "[TOOL_CALLS] [{\"name\": \"add\", \"arguments\": {}}]")]
    [InlineData("llama3", "{\"name\": \"add\", \"parameters\": {\"x\":1}}", "{\"name\": \"add\", \"parameters\": {}}")]
    public void Of_AutoWithStrictTools_IsTextOrWhatTheyAllow(string form, string right, string wrong)
    {
        var strict = Add with { IsStrict = true };
        var grammar = new ToolCallGrammar(new(ToolCallForms.ByName[form], Thinks: false), Schema).Of([strict], ToolChoice.Auto, true, null, false)!;

        Assert.True(GrammarText.Matches(grammar, "Hello, <tool_cal <<t [TOOL."));
        Assert.True(GrammarText.Matches(grammar, " Hello."));
        Assert.True(GrammarText.Matches(grammar, right));
        Assert.False(GrammarText.Matches(grammar, wrong));
        Assert.True(GrammarText.Matches(grammar, "So:\n" + right));
        // Without a mark, what stands behind text is text.
        Assert.Equal(form == "llama3", GrammarText.Matches(grammar, "So:\n" + wrong));
    }

    [Theory]
    [InlineData("hermes", false)]
    [InlineData("phi4", true)]
    [InlineData("harmony", true)]
    public void Of_AutoWithoutDemands_IsAnything(string form, bool strict)
        => Assert.Null(new ToolCallGrammar(new(ToolCallForms.ByName[form], Thinks: false), Schema).Of([Add with { IsStrict = strict }], ToolChoice.Auto, true, null, false));

    /// <summary>Only a strict tool is refused for a schema that cannot be enforced.</summary>
    [Fact]
    public void Of_SchemaThatCannotBeEnforced_IsRefusedWhereItIsStrict()
    {
        var odd = Tool("odd", """{"type":"object","odd":1}""");
        var grammars = new ToolCallGrammar(new(ToolCallForm.Hermes, Thinks: false), Schema);

        Assert.Throws<InvalidFieldException>(() => grammars.Of([odd with { IsStrict = true }], ToolChoice.Required, true, null, false));
        Assert.True(GrammarText.Matches(grammars.Of([odd], ToolChoice.Required, true, null, false)!, "<tool_call>\n{\"name\": \"odd\", \"arguments\": {}}\n</tool_call>"));
    }

    private static Grammar? Grammar(ToolCallForm form, ToolChoice choice, bool parallel = true)
        => new ToolCallGrammar(new(form, Thinks: false), Schema).Of([Add, Now], choice, parallel, text: null, isThinking: false);

    /// <summary>Stands for that of schemas: those with properties are <c>{"x":1}</c>, others <c>{}</c>.</summary>
    private static Grammar Schema(JsonElement schema, string field, bool strict) => schema.TryGetProperty("odd", out _)
        ? throw new InvalidFieldException(field, "odd is not supported.")
        : new(Expression.Text(schema.TryGetProperty("properties", out _) ? "{\"x\":1}" : "{}"));

    private static ToolDefinition Tool(string name, string? parameters)
        => new(name, null, parameters is null ? null : JsonDocument.Parse(parameters).RootElement, IsStrict: false, default);
}

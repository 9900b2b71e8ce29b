using ModelServer.ToolCalls;

namespace ModelServer.Tests.ToolCalls;

/// <summary>Answers as models of each form write them.</summary>
public class ToolCallFormsTests
{
    private const string Weather = """{"city": "Rome", "days": [1, 2.5e-1], "note": "a \"}\" \u00e9"}""";

    public static TheoryData<string, string, string> Answers => new()
    {
        // Hermes.
        { "hermes", $$"""<tool_call>{{"\n"}}{"name": "get_weather", "arguments": {{Weather}}}{{"\n"}}</tool_call>""", $"Call(get_weather)|Arguments({Weather})|CallEnd()" },
        { "hermes", "Let me look.\n\n<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>\n<tool_call>\n{\"arguments\": {\"a\":1}, \"name\": \"add\"}\n</tool_call>\n", "Text(Let me look.)|Call(add)|Arguments({})|CallEnd()|Call(add)|Arguments({\"a\":1})|CallEnd()" },
        { "hermes", "<tool_call>{\"name\": \"add\"}</tool_call> Done.", "Call(add)|Arguments({})|CallEnd()|Text( Done.)" },
        { "hermes", "<tool_call>{\"name\": \"add\", \"arguments\": \"{\\\"a\\\": 1}\"}</tool_call>", "Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "hermes", "<tool_call>{\"type\": \"function\", \"function\": {\"name\": \"add\", \"arguments\": null}, \"id\": 7}</tool_call>", "Call(add)|Arguments({})|CallEnd()" },
        { "hermes", "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1}}", "Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "hermes", "a < b <tool> <tool_cal", "Text(a < b <tool> <tool_cal)" },
        { "hermes", "No call.  \n", "Text(No call.  \n)" },
        { "hermes", "x <tool_call>not json</tool_call> y", "Text(x)|CallBroken( <tool_call>)|Text(not json</tool_call> y)" },
        { "hermes", "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1,}}</tool_call>", "Call(add)|Arguments({\"a\": 1,)|CallBroken(<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1,)|Text(}}</tool_call>)" },
        { "hermes", "<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1", "Call(add)|Arguments({\"a\": 1)|CallBroken(<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1)" },
        { "hermes", "<tool_call>{\"arguments\": {}}</tool_call>", "CallBroken(<tool_call>{\"arguments\": {})|Text(}</tool_call>)" },
        { "hermes", "<tool_call>{\"name\": \"add\", \"arguments\": [1]}</tool_call>", "CallBroken(<tool_call>{\"name\": \"add\", \"arguments\": )|Text([1]}</tool_call>)" },

        // Llama 3.
        { "llama3", $$"""{"name": "get_weather", "parameters": {{Weather}}}""", $"Call(get_weather)|Arguments({Weather})|CallEnd()" },
        { "llama3", """<|python_tag|>{"type": "function", "name": "add", "parameters": {"a": 1}}; {"name": "add", "parameters": {"a": 2}}""", "Call(add)|Arguments({\"a\": 1})|CallEnd()|Call(add)|Arguments({\"a\": 2})|CallEnd()" },
        { "llama3", "\n{\"name\": \"add\", \"parameters\": {}}\n{\"name\": \"add\", \"parameters\": {}};", "Call(add)|Arguments({})|CallEnd()|Call(add)|Arguments({})|CallEnd()" },
        { "llama3", """{"name": "Bob", "parameters": {}}""", "CallBroken({\"name\": \"Bob)|Text(\", \"parameters\": {}})" },
        { "llama3", """{"title": "a", "n": 1}""", "CallBroken({\"title\": \"a\", \"n\": 1)|Text(})" },
        { "llama3", "See {\"name\": \"add\", \"parameters\": {}}", "Text(See {\"name\": \"add\", \"parameters\": {}})" },
        { "llama3", "Hm. <|python_tag|>print(1)", "Text(Hm.)|CallBroken( <|python_tag|>)|Text(print(1))" },

        // Mistral.
        { "mistral", """[TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}, "id": "abc123456"}, {"name": "add", "arguments": {"a": 2}}]""", "Call(add)|Arguments({\"a\": 1})|CallEnd()|Call(add)|Arguments({\"a\": 2})|CallEnd()" },
        { "mistral", """Now: [TOOL_CALLS]add[ARGS]{"a": 1}[TOOL_CALLS]get_weather[CALL_ID]abc[ARGS]{}""", "Text(Now:)|Call(add)|Arguments({\"a\": 1})|CallEnd()|Call(get_weather)|Arguments({})|CallEnd()" },
        { "mistral", """[TOOL_CALLS]add {"a": 1}""", "Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "mistral", """[TOOL_CALLS] [{"name": "add", "arguments": {}}, x""", "Call(add)|Arguments({})|CallEnd()|CallBroken(, )|Text(x)" },
        { "mistral", "[TOOL_CALLS]no such thing]", "CallBroken([TOOL_CALLS]no such thing)|Text(])" },

        // Phi-4.
        { "phi4", """<|tool_call|>[{"name": "add", "arguments": {"a": 1}}, {"name": "add", "arguments": {}}]<|/tool_call|>""", "Call(add)|Arguments({\"a\": 1})|CallEnd()|Call(add)|Arguments({})|CallEnd()" },
        { "phi4", """ok functools[{"name": "add", "arguments": {"a": 1}}]""", "Text(ok)|Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "phi4", """<|tool_call|>{"name": "add", "arguments": {"a": 1}}""", "Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "phi4", "functool functools", "Text(functool functools)" },

        // gpt-oss.
        { "harmony", "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Rome is < Paris.<|return|>", "Reasoning(Hm.)|Text(Rome is < Paris.)" },
        { "harmony", """<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>commentary to=functions.add <|constrain|>json<|message|>{"a": 1}<|call|>""", "Reasoning(Hm.)|Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "harmony", """ to=functions.add<|channel|>commentary json<|message|>{"a": 1}""", "Call(add)|Arguments({\"a\": 1})|CallEnd()" },
        { "harmony", "<|channel|>commentary<|message|>First.<|end|><|start|>assistant<|channel|>final<|message|>Then.", "Text(First.\nThen.)" },
        { "harmony", "<|channel|>commentary to=functions.add<|message|><|call|>", "Call(add)|Arguments({})|CallEnd()" },
        { "harmony", "<|channel|>commentary to=functions.add<|message|>{\"a\":<|call|>", "Call(add)|Arguments({\"a\":)|CallBroken({\"a\":)" },
        { "harmony", "Plain text.", "Text(Plain text.)" },
        { "harmony", "to", "Text(to)" },
        { "harmony", "<|channel|>ana", "" },

        // Nothing is known.
        { "none", "<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>", "Text(<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>)" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_WholeAnswer_TellsItsParts(string form, string text, string expected)
        => Assert.Equal(expected.Replace(")|", ")\n", StringComparison.Ordinal), AnswerTexts.Read(ToolCallForms.ByName[form], [text]));

    [Theory]
    [MemberData(nameof(Answers))]
    public void Read_AnswerInAnyChunks_TellsTheSame(string form, string text, string expected)
    {
        var known = expected.Replace(")|", ")\n", StringComparison.Ordinal);
        Assert.Equal(known, AnswerTexts.Read(ToolCallForms.ByName[form], text.Select(c => c.ToString())));
        for (var i = 1; i < text.Length; i++) Assert.Equal(known, AnswerTexts.Read(ToolCallForms.ByName[form], [text[..i], text[i..]]));
    }

    [Theory]
    [InlineData("<think>\nHm, 2.\n</think>\n\n<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>", false, "Reasoning(Hm, 2.)|Call(add)|Arguments({})|CallEnd()")]
    [InlineData("Hm.\n\n1 < 2</think>\n\nYes.", true, "Reasoning(Hm.\n\n1 < 2)|Text(Yes.)")]
    [InlineData("<think></think>Yes.", false, "Text(Yes.)")]
    [InlineData("Yes <think>no</think>.", false, "Text(Yes <think>no</think>.)")]
    [InlineData("<think>Hm </thin", false, "Reasoning(Hm </thin)")]
    [InlineData("<thin", false, "Text(<thin)")]
    [InlineData(" \n", true, "")]
    public void Read_AnswerOfAModelThatThinks_TellsItsThoughtsApart(string text, bool isThinking, string expected)
    {
        var known = expected.Replace(")|", ")\n", StringComparison.Ordinal);
        Assert.Equal(known, AnswerTexts.Read(ToolCallForm.Hermes, [text], thinks: true, isThinking));
        Assert.Equal(known, AnswerTexts.Read(ToolCallForm.Hermes, text.Select(c => c.ToString()), thinks: true, isThinking));
    }

    /// <summary>Text that cannot be part of a call, and what is certain of arguments, goes on at once.</summary>
    [Theory]
    [InlineData("hermes", "Let me ")]
    [InlineData("llama3", "Let me ")]
    [InlineData("mistral", "Let me ")]
    [InlineData("harmony", "<|channel|>final<|message|>Let me")]
    public void Append_Text_IsToldAtOnce(string form, string text)
    {
        var pieces = new AnswerPieces();
        new AnswerForm(ToolCallForms.ByName[form], Thinks: false).Read(AnswerTexts.Tools, false).Append(text, pieces);

        Assert.Equal("Let me", Assert.Single(pieces.Take()).Text);
    }

    [Fact]
    public void Append_BeginningOfArguments_IsToldAtOnce()
    {
        var pieces = new AnswerPieces();
        new AnswerForm(ToolCallForm.Hermes, Thinks: false).Read(AnswerTexts.Tools, false).Append("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": \"on", pieces);

        Assert.Equal([new(PieceKind.Call, "add"), new(PieceKind.Arguments, "{\"a\": \"on")], pieces.Take());
    }

    [Theory]
    [InlineData("{% for tool in tools %}<tool_call>{% endfor %}", "", "hermes")]
    [InlineData(null, "<tool_call>", "hermes")]
    [InlineData("<tool_call>\n<function=name>", "<tool_call>", "none")]
    [InlineData("<tool_call>name\n<arg_key>", "", "none")]
    [InlineData("[TOOL_CALLS]", "", "mistral")]
    [InlineData("x", "[TOOL_CALLS]", "mistral")]
    [InlineData("<|tool|>", "<|tool_call|>", "phi4")]
    [InlineData("functools", "", "phi4")]
    [InlineData("<|python_tag|>", "", "llama3")]
    [InlineData("Environment: ipython {\"name\": x, \"parameters\": y}", "", "llama3")]
    [InlineData(null, "<|python_tag|>", "none")]
    [InlineData("<|start|><|channel|>final<|message|>", "", "harmony")]
    [InlineData("<|im_start|>", "<|im_start|>", "none")]
    [InlineData(null, "", "none")]
    public void Detect_TemplateAndTokens_IsTheFormTheyTell(string? template, string token, string expected)
        => Assert.Equal(expected, ToolCallForms.Detect(template, mark => mark == token).Name());
}

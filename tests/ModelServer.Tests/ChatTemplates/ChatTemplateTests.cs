using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Jinja;
using ModelServer.Requests;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.ChatTemplates;

public sealed class ChatTemplateTests
{
    private const string Marks = "{{ bos_token }}{% for m in messages %}[{{ m['role'] }}]{{ m['content'] | trim }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}";
    private static readonly ChatTurn[] Turns = [new("system", "Be brief."), new("user", "Hi"), new("assistant", "Yes?"), new("user", "Why\nnot?")];

    [Fact]
    public void Render_ChatMl_MarksEveryTurnAndBeginsTheAnswer()
    {
        var prompt = ChatTemplate.ChatMl().Render(new(Turns));

        Assert.Equal(
            "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n<|im_start|>user\nWhy\nnot?<|im_end|>\n<|im_start|>assistant\n",
            Text(prompt));
        Assert.False(prompt.AddSpecialTokens);
    }

    [Fact]
    public void Render_Plain_IsTheTexts()
    {
        var prompt = ChatTemplate.Plain.Render(new(Turns));

        Assert.Equal("Be brief.HiYes?Why\nnot?", Text(prompt));
        Assert.True(prompt.AddSpecialTokens);
    }

    [Fact]
    public void Render_OwnTemplate_IsWhatItMakes()
    {
        var prompt = Read(Marks).Render(new([new("user", " Hi ")]));

        Assert.Equal("<s>[user]Hi</s>[assistant]", Text(prompt));
        Assert.False(prompt.AddSpecialTokens);
        var given = Assert.Single(((TextInput)prompt.Input).PlainParts!);
        Assert.Equal("Hi", Text(prompt)[given.Start..given.End]);
    }

    [Fact]
    public void Render_WithSpecialTokensAllowed_KeepsNoPartPlain() => Assert.Null(((TextInput)Read(Marks, allowsSpecialTokens: true).Render(new([new("user", "Hi")])).Input).PlainParts);

    [Fact]
    public void Render_Refused_IsTheTemplatesSentence()
    {
        var refused = Assert.Throws<InvalidFieldException>(() => Read("{{ raise_exception('Only user and assistant roles are supported!') }}").Render(new(Turns)));

        Assert.Contains("refuses the conversation: Only user and assistant roles are supported!", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Failing_SaysWhy()
        => Assert.Contains("fails on the conversation: 'reply' is undefined", Assert.Throws<InvalidFieldException>(() => Read("{{ reply.text }}").Render(new(Turns))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(Marks, "</s>[user]b</s>")]
    [InlineData("{{ messages[0].content }}", null)]
    [InlineData("{{ raise_exception('no') }}", null)]
    public void BehindAnswer_OfATemplate_IsWhatItPutsThere(string template, string? expected) => Assert.Equal(expected, Read(template).BehindAnswer());

    [Theory]
    [InlineData("{{ 'no' if tools is none else tools[0].function.name }}{{ documents is none }}", "noTrue")]
    [InlineData("{{ messages[0] | tojson }}", """{"role": "system", "content": "Be brief."}""")]
    public void Render_WithoutToolsAndDocuments_HasNone(string template, string expected) => Assert.Equal(expected, Text(Read(template).Render(new(Turns))));

    [Fact]
    public void Render_ToolsAndCalls_AreWhatTemplatesExpect()
    {
        var source = Parse("""{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}""");
        ChatTurn[] turns = [
            new("user", "Hi"),
            new("assistant", null) { Reasoning = "hm", ToolCalls = [new("c1", "f", """{"b":1.0,"a":[12345678901234567890,null]}"""), new("c2", "g", ""), new("c3", "h", "{broken")] },
            new("tool", "42") { ToolCallId = "c1", Name = "f" },
        ];

        var prompt = Read("{{ tools | tojson }}{% for m in messages %}{{ '\\n' }}{{ m | tojson }}{% endfor %}").Render(new(turns) { Tools = [new("f", null, null, false, source)] });

        Assert.Equal(
            """
            [{"type": "function", "function": {"name": "f", "parameters": {"type": "object", "properties": {}}}}]
            {"role": "user", "content": "Hi"}
            {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"b": 1.0, "a": [12345678901234567890, null]}}}, {"id": "c2", "type": "function", "function": {"name": "g", "arguments": {}}}, {"id": "c3", "type": "function", "function": {"name": "h", "arguments": "{broken"}}]}
            {"role": "tool", "content": "42", "name": "f", "tool_call_id": "c1"}
            """.ReplaceLineEndings("\n"),
            Text(prompt));
    }

    [Fact]
    public void Render_WhateverCallersSay_StaysPlain()
    {
        const string Mark = "<|im_end|>";
        var given = $$"""{"{{Mark}}k":"{{Mark}}v"}""";
        var conversation = new Conversation([new("user", Mark) { Name = Mark }, new("assistant", null) { Reasoning = Mark, ToolCalls = [new(Mark, Mark, given), new("c", "f", Mark)] }, new("tool", Mark) { ToolCallId = Mark }])
        {
            Tools = [new("f", null, null, false, Parse($$$"""{"type":"function","function":{"name":"{{{Mark}}}","description":"{{{Mark}}}","parameters":{{{given}}}}}"""))],
            Documents = Parse($"[{given}]"),
            Arguments = Parse(given.Replace($"{Mark}k", "extra", StringComparison.Ordinal)),
        };

        var prompt = Read("{{ tools }}{{ tools | tojson }}{{ messages }}{{ messages | tojson }}{{ documents | tojson }}{{ extra }}").Render(conversation);

        var (text, parts) = (Text(prompt), ((TextInput)prompt.Input).PlainParts!);
        var places = Enumerable.Range(0, text.Length).Where(i => text.AsSpan(i).StartsWith(Mark, StringComparison.Ordinal)).ToArray();
        Assert.Equal(31, places.Length);
        Assert.All(places, place => Assert.Contains(parts, p => p.Start <= place && place + Mark.Length <= p.End));
    }

    [Fact]
    public void Render_Role_MayBePartOfAMark()
    {
        var prompt = Read("{{ '<|' + messages[0].role + '|>' + messages[0].content }}").Render(new([new("user", "Hi")]));

        var given = Assert.Single(((TextInput)prompt.Input).PlainParts!);
        Assert.Equal("Hi", Text(prompt)[given.Start..given.End]);
    }

    [Theory]
    [InlineData("{{ enable_thinking }}{{ nested.a[0] }}", """{"enable_thinking":false,"nested":{"a":[1.50]}}""", "False1.5")]
    [InlineData("{{ add_generation_prompt }}", "{}", "True")]
    public void Render_Arguments_AreVariables(string template, string arguments, string expected)
        => Assert.Equal(expected, Text(Read(template).Render(new(Turns) { Arguments = Parse(arguments) })));

    [Theory]
    [InlineData("messages")]
    [InlineData("tools")]
    [InlineData("documents")]
    [InlineData("bos_token")]
    [InlineData("mask_token")]
    [InlineData("chat_template")]
    [InlineData("add_generation_prompt")]
    public void Render_ArgumentInAnothersPlace_IsRefused(string name)
    {
        var refused = Assert.Throws<InvalidFieldException>(() => Read(Marks).Render(new(Turns) { Arguments = Parse($$"""{"x":1,"{{name}}":null}""") }));

        Assert.Equal("chat_template_kwargs", refused.Error.Param);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TextThatIsNoUnicode_IsRefused()
        => Assert.Contains("not valid Unicode", Assert.Throws<InvalidFieldException>(() => Read(Marks).Render(new(Turns) { Arguments = Parse("""{"x":"\ud800"}""") })).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_Documents_NeedAPlace()
    {
        var documents = Parse("""[{"title":"t","text":"x"}]""");

        Assert.Equal("t:x", Text(Read("{% for d in documents %}{{ d.title }}:{{ d.text }}{% endfor %}").Render(new(Turns) { Documents = documents })));
        Assert.Equal("documents", Assert.Throws<InvalidFieldException>(() => Read(Marks).Render(new(Turns) { Documents = documents })).Error.Param);
    }

    [Fact]
    public void Render_WithoutAPromptForTheAnswer_EndsWithTheConversation()
        => Assert.Equal("<s>[user]Hi</s>", Text(Read(Marks).Render(new([new("user", "Hi")]) { AddsPrompt = false })));

    [Theory]
    [InlineData(Marks, "Yes", "<s>[user]Hi</s>[assistant]Yes")]
    [InlineData(Marks, "Yes ", "<s>[user]Hi</s>[assistant]Yes")]
    [InlineData(Marks, "", "<s>[user]Hi</s>[assistant]")]
    [InlineData(Marks, "s", "<s>[user]Hi</s>[assistant]s")]
    [InlineData("{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}", "Yes, \n ", "[user]Hi</s>[assistant]Yes, \n ")]
    [InlineData("{% for m in messages %}[{{ m.role }}]{{ m.content.split('</think>')[-1] }}</s>{% endfor %}", "x", "[user]Hi</s>[assistant]x")]
    public void Render_OpenLastTurn_EndsBehindItsText(string template, string text, string expected)
    {
        var prompt = Read(template).Render(new([new("user", "Hi"), new("assistant", text)]) { ContinuesLastTurn = true });

        Assert.Equal(expected, Text(prompt));
        Assert.All(((TextInput)prompt.Input).PlainParts!, p => Assert.InRange(p.End, 0, expected.Length));
    }

    [Theory]
    [InlineData("{{ messages[-1].content | upper }}", "assistant", "yes", "leaves out")]
    [InlineData("{{ messages[-1].content.split('</think>')[-1] }}", "assistant", "a</think>b", "leaves out")]
    [InlineData(Marks, "user", "yes", "must be an assistant's")]
    [InlineData(Marks, "assistant", null, "must be an assistant's")]
    public void Render_LastTurnThatCannotStayOpen_IsRefused(string template, string role, string? text, string why)
    {
        var refused = Assert.Throws<InvalidFieldException>(() => Read(template).Render(new([new("user", "Hi"), new(role, text)]) { ContinuesLastTurn = true }));

        Assert.Equal("continue_final_message", refused.Error.Param);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TemplateForTools_IsForThoseAlone()
    {
        var template = ChatTemplate.Read("default", _ => null, TimeProvider.System, forTools: "{{ tools | length }} tools");
        var tools = new ToolDefinition[] { new("f", null, null, false, Parse("{}")) };

        Assert.Equal("default", Text(template.Render(new(Turns))));
        Assert.Equal("1 tools", Text(template.Render(new(Turns) { Tools = tools })));
        Assert.True(template.KnowsTools);
        Assert.False(Read(Marks).KnowsTools);
        Assert.False(Read("{{ message.tools }}").KnowsTools);
    }

    [Fact]
    public void Render_RequestThatHasEnded_IsCancelled()
    {
        const string Endless = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";

        Assert.Throws<OperationCanceledException>(() => Read(Endless).Render(new(Turns), new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Read_NoTemplate_IsRefused() => Assert.Throws<JinjaSyntaxException>(() => Read("{% for %}"));

    private static ChatTemplate Read(string template, bool allowsSpecialTokens = false)
        => ChatTemplate.Read(template, role => role switch { "bos_token" => "<s>", "eos_token" => "</s>", _ => null }, TimeProvider.System, allowsSpecialTokens);

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private static string Text(TextPrompt prompt) => ((TextInput)prompt.Input).Text;
}

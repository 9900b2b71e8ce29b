using System.Text.Json;
using ModelServer.OpenAI;
using ModelServer.ToolCalls;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.OpenAI;

public class ChatToolsTests
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private const string TwoTools = """
        "tools":[{"function":{"strict":true,"parameters":{"type":"object","properties":{"b":{},"a":{}}},"name":"f","description":"Does f."},"type":"function"},{"type":"function","function":{"name":"g"}}]
        """;

    /// <summary>Models were trained on one order of members, and prompts that are alike share their prefix.</summary>
    [Fact]
    public void ToDefinitions_Tools_AreInTheFormOfTemplates()
    {
        var tools = Read(TwoTools).ToDefinitions();

        Assert.Equal("""{"type":"function","function":{"name":"f","description":"Does f.","parameters":{"type":"object","properties":{"b":{},"a":{}}}}}""", tools[0].Source.GetRawText());
        Assert.Equal("""{"type":"function","function":{"name":"g","parameters":{"type":"object","properties":{}}}}""", tools[1].Source.GetRawText());
        Assert.Equal((true, false, null), (tools[0].IsStrict, tools[1].IsStrict, tools[1].Parameters));
    }

    [Theory]
    [InlineData("", "Auto", null, "f g")]
    [InlineData(",\"tool_choice\":null", "Auto", null, "f g")]
    [InlineData(",\"tool_choice\":\"auto\"", "Auto", null, "f g")]
    [InlineData(",\"tool_choice\":\"none\"", "None", null, "f g")]
    [InlineData(",\"tool_choice\":\"required\"", "Required", null, "f g")]
    [InlineData(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"g\"}}", "Required", "g", "f g")]
    [InlineData(",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"required\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"g\"}}]}}", "Required", null, "g")]
    [InlineData(",\"tool_choice\":{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}", "Auto", null, "f")]
    public void ToToolChoice_EachForm_IsWhatItSays(string choice, string mode, string? name, string tools)
    {
        var request = Read(TwoTools + choice);

        Assert.Null(request.ValidateTools());
        Assert.Equal(new ToolChoice(Enum.Parse<ToolChoiceMode>(mode), name), request.ToToolChoice());
        Assert.Equal(tools, string.Join(' ', request.ToDefinitions().Select(t => t.Name)));
    }

    [Theory]
    [InlineData("", "Auto", null)]
    [InlineData(",\"function_call\":\"none\"", "None", null)]
    [InlineData(",\"function_call\":{\"name\":\"f\"}", "Required", "f")]
    public void ToToolChoice_OlderForm_IsTheSame(string call, string mode, string? name)
    {
        var request = Read("\"functions\":[{\"name\":\"f\"}]" + call);

        Assert.Null(request.ValidateTools());
        Assert.Equal(new ToolChoice(Enum.Parse<ToolChoiceMode>(mode), name), request.ToToolChoice());
        Assert.Equal("f", Assert.Single(request.ToDefinitions()).Name);
        Assert.False(request.ToChat().CallsInParallel);
    }

    [Fact]
    public void ValidateTools_TooMany_IsRefused()
    {
        var tools = string.Join(',', Enumerable.Range(0, 129).Select(i => $$$"""{"type":"function","function":{"name":"f{{{i}}}"}}"""));

        Assert.Equal("tools", Read($"\"tools\":[{tools}]").ValidateTools()!.Param);
    }

    [Fact]
    public void ToTurns_CallsOfEitherForm_AreAnsweredByTheirIds()
    {
        var request = Read("""
            "messages":[{"role":"developer","content":"s"},{"role":"user","content":"a"},
            {"role":"assistant","reasoning_content":"Hm.","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{\"x\":1}"}}]},
            {"role":"tool","tool_call_id":"1","content":[{"type":"text","text":"b"}]},
            {"role":"assistant","content":"","function_call":{"name":"g","arguments":"{}"}},{"role":"function","name":"g","content":"c"}]
            """);

        Assert.Null(ChatMessages.Validate(request.Messages));
        var turns = request.ToChat().Conversation.Turns;
        Assert.Equal(["system", "user", "assistant", "tool", "assistant", "tool"], turns.Select(t => t.Role));
        Assert.Equal((null, "Hm."), (turns[2].Text, turns[2].Reasoning));
        Assert.Equal(new("1", "f", "{\"x\":1}"), Assert.Single(turns[2].ToolCalls));
        Assert.Equal(("1", "b"), (turns[3].ToolCallId, turns[3].Text));
        Assert.Equal(Assert.Single(turns[4].ToolCalls).Id, turns[5].ToolCallId);
    }

    private static ChatCompletionsRequest Read(string fields)
    {
        var messages = fields.Contains("\"messages\"", StringComparison.Ordinal) ? "" : "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}],";
        return JsonSerializer.Deserialize<ChatCompletionsRequest>($"{{{messages}{fields}}}", Json)!;
    }
}

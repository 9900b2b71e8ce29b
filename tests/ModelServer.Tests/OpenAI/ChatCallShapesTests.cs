using System.Text.Json;
using System.Text.RegularExpressions;
using ModelServer.Chat;
using ModelServer.Decoders;
using ModelServer.OpenAI;
using ModelServer.ToolCalls;

namespace ModelServer.Tests.OpenAI;

/// <summary>Calls and thoughts as they are on the wire, by scripted answers.</summary>
public partial class ChatCallShapesTests
{
    private const string Answer = "<think>\nHm.\n</think>\n\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>";
    private static readonly OpenAIJson Json = OpenAIJson.Readable;

    [Fact]
    public void Whole_Calls_AreAMessageWithoutContent()
        => Assert.Equal(
            """{"index":0,"message":{"content":null,"role":"assistant","refusal":null,"reasoning_content":"Hm.","tool_calls":[{"id":"call_ID","type":"function","function":{"name":"add","arguments":"{\u0022a\u0022: 1}"}}]},"logprobs":null,"finish_reason":"tool_calls"}""",
            Whole(asFunctions: false));

    [Fact]
    public void Whole_CallOfAFunction_HasTheOlderForm()
        => Assert.Equal(
            """{"index":0,"message":{"content":null,"role":"assistant","refusal":null,"reasoning_content":"Hm.","function_call":{"name":"add","arguments":"{\u0022a\u0022: 1}"}},"logprobs":null,"finish_reason":"function_call"}""",
            Whole(asFunctions: true));

    [Fact]
    public void Stream_Calls_BeginWithIdAndNameAndGoOnWithArguments()
        => Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"reasoning_content":"Hm."}""",
                """{"tool_calls":[{"index":0,"id":"call_ID","type":"function","function":{"name":"add","arguments":""}}]}""",
                """{"tool_calls":[{"index":0,"function":{"arguments":"{\u0022a\u0022: 1}"}}]}""",
                "{} tool_calls",
            ],
            Stream(asFunctions: false));

    [Fact]
    public void Stream_CallOfAFunction_HasTheOlderForm()
        => Assert.Equal(
            [
                """{"role":"assistant","content":""}""",
                """{"reasoning_content":"Hm."}""",
                """{"function_call":{"name":"add","arguments":""}}""",
                """{"function_call":{"arguments":"{\u0022a\u0022: 1}"}}""",
                "{} function_call",
            ],
            Stream(asFunctions: true));

    private static AnswerReader Reader(bool isWhole) => new(new(ToolCallForm.Hermes, Thinks: true), ["add"], isThinking: false, parallel: true, isWhole);

    private static string Whole(bool asFunctions)
    {
        var choice = WholeAnswer.Of(Reader(isWhole: true), 0, new(Answer, [], FinishReason.Stop)).ToChoice(0, withLogprobs: false, asFunctions);
        return Id().Replace(JsonSerializer.Serialize(choice, Json.ChatCompletionChoice), "call_ID").Replace("\\\"", "\\u0022", StringComparison.Ordinal);
    }

    private static string[] Stream(bool asFunctions)
    {
        var reader = new ChatChunkReader(new(new(ToolCallForm.Hermes, Thinks: true), ["add"]), withLogprobs: false, asFunctions);
        var events = reader.Read(new(0, Answer, [], FinishReason.Stop));
        return [.. events.Select(e => Id().Replace(JsonSerializer.Serialize(e.Delta, Json.ChatDelta), "call_ID").Replace("\\\"", "\\u0022", StringComparison.Ordinal) + (e.FinishReason is { } finish ? " " + finish : ""))];
    }

    [GeneratedRegex("call_[A-Za-z0-9]{24}")]
    private static partial Regex Id();
}

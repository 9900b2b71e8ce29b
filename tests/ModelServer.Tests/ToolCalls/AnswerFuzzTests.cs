using System.Text;
using ModelServer.ToolCalls;

namespace ModelServer.Tests.ToolCalls;

public class AnswerFuzzTests
{
    private const int Texts = 4000;

    private static readonly string[] Parts =
    [
        "<tool_call>", "</tool_call>", "<think>", "</think>", "<|python_tag|>", "[TOOL_CALLS]", "[ARGS]", "[CALL_ID]", "<|tool_call|>", "<|/tool_call|>", "functools[",
        "<|start|>", "<|channel|>", "<|message|>", "<|end|>", "<|call|>", "<|constrain|>", "<|return|>", "analysis", "commentary to=functions.add ", "final", "assistant",
        "{\"name\": \"add\", \"arguments\": {\"a\": [1, {\"b\": null}]}}", "{\"name\": \"add\", \"parameters\": {}}", "{\"arguments\": \"{}\", \"name\": \"add\"}", "{\"name\":", "\"arguments\":",
        "<|channel|>commentary to=functions.add<|message|>{\"a\": 1}<|call|>", "{", "}", "[", "]", "\"", ",", ";", ":", "\\", "\\u00e", "1", "-", ".5", "e", "true", "nul", " ", "\n", "                    ", "add", "text", "é", "😀", "<", "<t", "to",
    ];

    /// <summary>However a text is cut, and whatever it is: the same parts, nothing thrown.</summary>
    [Theory]
    [InlineData("hermes")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("phi4")]
    [InlineData("harmony")]
    public void Read_RandomText_TellsTheSameInAnyChunks(string form)
    {
        var (kind, random) = (ToolCallForms.ByName[form], new Random(5));
        var calls = 0;
        for (var i = 0; i < Texts; i++)
        {
            var text = new StringBuilder();
            for (var parts = random.Next(1, 24); parts > 0; parts--) text.Append(Parts[random.Next(Parts.Length)]);
            var (whole, thinks) = (text.ToString(), i % 3 == 0);

            var expected = AnswerTexts.Read(kind, [whole], thinks, isThinking: i % 6 == 0);

            Assert.Equal(expected, AnswerTexts.Read(kind, whole.Select(c => c.ToString()), thinks, i % 6 == 0));
            Assert.Equal(expected, AnswerTexts.Read(kind, AnswerTexts.Split(whole, random, 9), thinks, i % 6 == 0));
            if (expected.Contains("CallEnd", StringComparison.Ordinal)) calls++;
        }

        Assert.True(calls > 20, $"Only {calls} texts had calls.");
    }

    /// <summary>What is no call is text, to the last character that is not white space or a mark.</summary>
    [Theory]
    [InlineData("hermes")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    [InlineData("phi4")]
    public void Read_TextWithoutACompleteCall_LosesNothing(string form)
    {
        var (kind, random) = (ToolCallForms.ByName[form], new Random(7));
        var checkedTexts = 0;
        for (var i = 0; i < Texts; i++)
        {
            var text = new StringBuilder();
            for (var parts = random.Next(1, 12); parts > 0; parts--) text.Append(Parts[random.Next(Parts.Length)]);
            var pieces = AnswerTexts.ReadPieces(kind, AnswerTexts.Split(text.ToString(), random, 5)).ToArray();
            // A list of no calls, and what follows it, leaves nothing behind.
            if (pieces.Any(p => p.Kind == PieceKind.CallEnd) || HasEmptyList(text.ToString())) continue;
            checkedTexts++;

            var told = string.Concat(pieces.Where(p => p.Kind is PieceKind.Text or PieceKind.CallBroken).Select(p => p.Text));
            Assert.Equal(text.ToString(), told);
        }

        Assert.True(checkedTexts > Texts / 2);
    }

    private static bool HasEmptyList(string text)
    {
        var dense = string.Concat(text.Where(c => !char.IsWhiteSpace(c)));
        return dense.Contains("[]", StringComparison.Ordinal);
    }
}

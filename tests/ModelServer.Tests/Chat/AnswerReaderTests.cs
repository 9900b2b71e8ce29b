using ModelServer.Chat;
using ModelServer.Decoders;
using ModelServer.Generation;
using ModelServer.ToolCalls;

namespace ModelServer.Tests.Chat;

public class AnswerReaderTests
{
    private const string TwoCalls = "Look.\n<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1}}\n</tool_call>\n<tool_call>\n{\"name\": \"now\", \"arguments\": {}}\n</tool_call>";
    private const string Broken = "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1,}}\n</tool_call>";
    private static readonly string[] Tools = ["add", "now"];

    [Fact]
    public void Read_Stream_TellsCallsAsTheyCome()
    {
        var reader = Reader(ToolCallForm.Hermes);

        Assert.Equal([new TextPart(0, "Look.", [])], Comparable(reader.Read(Chunk("Look.\n<tool_"))));
        var call = Assert.IsType<ToolCallPart>(reader.Read(Chunk("call>\n{\"name\": \"add\", \"arguments\": {\"a"))[0]);
        Assert.Equal((0, "add"), (call.Index, call.Name));
        Assert.Matches("^call_[A-Za-z0-9]{24}$", call.Id);
        Assert.Equal([new ArgumentsPart(0, 0, "\": 1}")], reader.Read(Chunk("\": 1}}\n</tool_call>\n")));
        Assert.Empty(reader.Read(Chunk("<tool_call>\n{\"name\": \"now\"")));
        var last = reader.Read(Chunk("}\n</tool_call>", FinishReason.Stop));
        Assert.Equal((1, "now"), (((ToolCallPart)last[0]).Index, ((ToolCallPart)last[0]).Name));
        Assert.Equal([new ArgumentsPart(0, 1, "{}"), new EndPart(0, AnswerEnd.ToolCalls)], last[1..]);
        Assert.NotEqual(call.Id, ((ToolCallPart)last[0]).Id);
    }

    [Fact]
    public void Read_Whole_HasTextAndCalls()
    {
        var answer = Whole(Reader(ToolCallForm.Hermes, isWhole: true), TwoCalls);

        Assert.Equal(("Look.", "", AnswerEnd.ToolCalls), (answer.Text, answer.Reasoning, answer.End));
        Assert.Equal([("add", "{\"a\": 1}"), ("now", "{}")], answer.Calls.Select(c => (c.Name, c.Arguments)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_CallsOneByOne_LeavesOutFurtherOnes(bool isWhole)
    {
        var parts = Reader(ToolCallForm.Hermes, parallel: false, isWhole: isWhole).Read(Chunk(TwoCalls, FinishReason.Stop));

        Assert.Equal("add", Assert.Single(parts.OfType<ToolCallPart>()).Name);
        Assert.Equal("{\"a\": 1}", string.Concat(parts.OfType<ArgumentsPart>().Select(p => p.Text)));
    }

    [Fact]
    public void Read_MalformedCallOfAWhole_IsText()
    {
        var answer = Whole(Reader(ToolCallForm.Hermes, isWhole: true), Broken);

        Assert.Equal((Broken, AnswerEnd.Stop), (answer.Text, answer.End));
        Assert.Empty(answer.Calls);
    }

    [Fact]
    public void Read_MalformedCallOfAStream_IsTextFromWhereItGoesWrong()
    {
        var parts = Reader(ToolCallForm.Hermes).Read(Chunk(Broken, FinishReason.Stop));

        Assert.Equal("{\"a\": 1,", string.Concat(parts.OfType<ArgumentsPart>().Select(p => p.Text)));
        Assert.Equal("}}\n</tool_call>", string.Concat(parts.OfType<TextPart>().Select(p => p.Text)));
        Assert.Equal(AnswerEnd.Stop, ((EndPart)parts[^1]).Reason);
    }

    /// <summary>The finish says that there is more to it, as with a text that is cut.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_CallThatIsCut_IsWhatThereIsOfIt(bool isWhole)
    {
        var parts = Reader(ToolCallForm.Hermes, isWhole: isWhole).Read(Chunk("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": ", FinishReason.Length));

        Assert.Equal("add", Assert.Single(parts.OfType<ToolCallPart>()).Name);
        Assert.Equal("{\"a\": ", string.Concat(parts.OfType<ArgumentsPart>().Select(p => p.Text)));
        Assert.Equal(AnswerEnd.Length, ((EndPart)parts[^1]).Reason);
    }

    [Fact]
    public void Read_WithoutTools_IsText()
    {
        var answer = Whole(new AnswerReader(new(ToolCallForm.Hermes, Thinks: false), [], isWhole: true), TwoCalls);

        Assert.Equal((TwoCalls, AnswerEnd.Stop), (answer.Text, answer.End));
    }

    [Fact]
    public void Read_ThoughtsWithTokens_KeepsThoseOfTheText()
    {
        var reader = new AnswerReader(new(ToolCallForm.Hermes, Thinks: true), Tools, isThinking: true, isWhole: true);
        string[] words = ["Hm", "</think>", "\n", "Yes", " sir", "<tool_call>", "{\"name\": \"now\"}", "</tool_call>"];
        var offset = 40;
        List<ScoredToken> tokens = [];
        foreach (var word in words)
        {
            tokens.Add(new(new(word, []), -1, offset, []));
            offset += word.Length;
        }

        var answer = WholeAnswer.Of(reader, 0, new(string.Concat(words), tokens, FinishReason.Stop));

        Assert.Equal(("Hm", "Yes sir", 1), (answer.Reasoning, answer.Text, answer.Calls.Count));
        Assert.Equal(["Yes", " sir"], answer.Tokens.Select(t => t.Token.Text));
    }

    [Fact]
    public void Read_TwoChoices_AreApart()
    {
        var reader = Reader(ToolCallForm.Hermes);
        reader.Read(Chunk("<tool_call>{\"name\": \"add\", \"arguments\": {"));

        Assert.Equal([new TextPart(1, "Hi", [])], Comparable(reader.Read(new(1, "Hi", [], null))));
    }

    /// <summary>Mistral's templates refuse any other, and it comes back to them with the tool's answer.</summary>
    [Fact]
    public void Read_CallOfMistral_HasAnIdOfNineLettersAndDigits()
        => Assert.Matches("^[A-Za-z0-9]{9}$", Reader(ToolCallForm.Mistral).Read(Chunk("[TOOL_CALLS]add[ARGS]{}", FinishReason.Stop)).OfType<ToolCallPart>().Single().Id);

    private static AnswerReader Reader(ToolCallForm form, bool parallel = true, bool isWhole = false) => new(new(form, Thinks: false), Tools, isThinking: false, parallel, isWhole);

    private static WholeAnswer Whole(AnswerReader reader, string text) => WholeAnswer.Of(reader, 0, new(text, [], FinishReason.Stop));

    private static TextChunk Chunk(string text, FinishReason? finish = null) => new(0, text, [], finish);

    /// <summary>Lists are equal by their identity.</summary>
    private static IEnumerable<AnswerPart> Comparable(AnswerPart[] parts) => parts.Select(p => p is TextPart { Tokens.Count: 0 } text ? text with { Tokens = [] } : p);
}

using ModelServer.Chat;
using ModelServer.Generation;
using ModelServer.Responses;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.Responses;

public class OutputItemsTests
{
    private readonly OutputItems _items = new(ItemIds.Of(null), tellsLogprobs: true);

    [Fact]
    public void Append_Text_TellsOneMessage()
    {
        var events = Append(Text("Hel"), Text("lo"), End(AnswerEnd.Stop));

        Assert.Equal(
            [
                "response.output_item.added", "response.content_part.added", "response.output_text.delta", "response.output_text.delta", "response.output_text.done",
                "response.content_part.done", "response.output_item.done",
            ],
            events.Select(e => e.Type));
        Assert.Equal(["Hel", "lo"], events.Select(e => e.Delta).OfType<string>());
        Assert.All(events, e => Assert.Equal(0, e.OutputIndex));
        Assert.All(events.Where(e => e.ItemId is not null), e => Assert.Equal(events[0].Item!.Id, e.ItemId));
        Assert.Equal(("in_progress", "", "Hello"), (events[0].Item!.Status, events[1].Part!.Text, events[4].Text));
        Assert.Empty(events[0].Item!.Content!.Parts);
        var message = Assert.Single(_items.Done);
        Assert.Equal(("message", "assistant", "completed", "Hello"), (message.Type, message.Role, message.Status, message.Content!.Text));
        Assert.Equal(message, events[^1].Item);
    }

    [Fact]
    public void Append_ReasoningTextAndCalls_AreItemsInOrder()
    {
        var events = Append(
            new ReasoningPart(0, "hm"), new ReasoningPart(0, "m"), Text("So."), new ToolCallPart(0, 0, "call_a", "weather"), new ArgumentsPart(0, 0, "{\"city\":"), new ArgumentsPart(0, 0, "\"Oslo\"}"),
            new ToolCallPart(0, 1, "call_b", "time"), new ArgumentsPart(0, 1, "{}"), End(AnswerEnd.ToolCalls));

        string[] reasoning = ["response.content_part.added", "response.reasoning_text.delta", "response.reasoning_text.delta", "response.reasoning_text.done", "response.content_part.done"];
        string[] text = ["response.content_part.added", "response.output_text.delta", "response.output_text.done", "response.content_part.done"];
        string[] call = ["response.function_call_arguments.delta", "response.function_call_arguments.delta", "response.function_call_arguments.done"];
        Assert.Equal([.. Item(reasoning), .. Item(text), .. Item(call), .. Item(call[1..])], events.Select(e => e.Type));
        Assert.Equal(events.Select(e => e.OutputIndex).Order(), events.Select(e => e.OutputIndex));
        Assert.Equal(["reasoning", "message", "function_call", "function_call"], _items.Done.Select(i => i.Type));
        Assert.Equal(["hmm", "So."], _items.Done.Select(i => i.Content?.Text).OfType<string>());
        Assert.Empty(_items.Done[0].Summary!);
        Assert.Equal([("call_a", "weather", "{\"city\":\"Oslo\"}"), ("call_b", "time", "{}")], _items.Done[2..].Select(i => (i.CallId!, i.Name!, i.Arguments!)));
        var done = events.First(e => e.Type == "response.function_call_arguments.done");
        Assert.Equal(("weather", "{\"city\":\"Oslo\"}", _items.Done[2].Id), (done.Name, done.Arguments, done.ItemId));
        Assert.Equal(4, _items.Done.Select(i => i.Id).Distinct().Count());

        static string[] Item(string[] within) => ["response.output_item.added", .. within, "response.output_item.done"];
    }

    [Fact]
    public void Append_CutOff_LeavesTheLastItemIncomplete()
    {
        Append(new ReasoningPart(0, "hm"), Text("So"), End(AnswerEnd.Length));

        Assert.Equal(["completed", "incomplete"], _items.Done.Select(i => i.Status));
        Assert.Equal(AnswerEnd.Length, _items.End);
    }

    [Fact]
    public void Append_NothingButTheEnd_TellsAnEmptyMessage()
    {
        var events = Append(End(AnswerEnd.Stop));

        Assert.Equal("", Assert.Single(_items.Done).Content!.Text);
        Assert.Equal(("response.output_item.added", "response.output_item.done"), (events[0].Type, events[^1].Type));
    }

    [Fact]
    public void Append_Logprobs_AreToldOnceAndAllAtTheEnd()
    {
        var events = Append(Text("a", Token("a")), Text("b", Token("b"), Token("</s>") with { IsEnd = true }), End(AnswerEnd.Stop));

        Assert.Equal(["a", "b"], events.Where(e => e.Delta is not null).Select(e => Assert.Single(e.Logprobs!).Token));
        Assert.Equal(["a", "b"], events.Single(e => e.Type == "response.output_text.done").Logprobs!.Select(l => l.Token));
        Assert.Equal(["a", "b"], _items.Done[0].Content!.Parts[0].Logprobs!.Select(l => l.Token));

        static ScoredToken Token(string text) => new(new TokenText(text, System.Text.Encoding.UTF8.GetBytes(text)), -1, 0, []);
    }

    [Theory]
    [InlineData("message", "response.output_text.delta")]
    [InlineData("reasoning", "response.reasoning_text.delta")]
    [InlineData("function_call", "response.function_call_arguments.delta")]
    public void Nothing_WithAnItemOpen_IsAnEmptyDeltaOfIt(string open, string type)
    {
        Assert.Null(_items.Nothing());
        Append(open switch { "message" => Text("a"), "reasoning" => new ReasoningPart(0, "a"), _ => new ToolCallPart(0, 0, "c", "f") });

        Assert.Equal((type, ""), (_items.Nothing()!.Type, _items.Nothing()!.Delta));
    }

    private static TextPart Text(string text, params ScoredToken[] tokens) => new(0, text, tokens);

    private static EndPart End(AnswerEnd reason) => new(0, reason);

    private List<ResponsesEvent> Append(params AnswerPart[] parts) => [.. parts.SelectMany(_items.Append)];
}

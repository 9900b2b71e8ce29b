using ModelServer.ChatTemplates;
using ModelServer.Responses;
using ServiceDefaults.Contracts;

namespace ModelServer.Tests.Responses;

public class ConversationTurnsTests
{
    [Fact]
    public void Of_MessagesOfAllRoles_AreTurns()
    {
        var turns = ConversationTurns.Of(null, [Message("developer", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello."), Message("user", "Bye")]);

        Assert.Equal([("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello."), ("user", "Bye")], turns.Select(t => (t.Role, t.Text!)));
    }

    [Fact]
    public void Of_InstructionsAndSystemMessages_AreOneTurn()
    {
        var turns = ConversationTurns.Of("Be brief.", [Message("system", "Be kind."), Message("user", "Hi"), Message("system", "Now rhyme.")]);

        Assert.Equal([("system", "Be brief.\n\nBe kind."), ("user", "Hi"), ("system", "Now rhyme.")], turns.Select(t => (t.Role, t.Text!)));
        Assert.Equal("Be brief.", Assert.Single(ConversationTurns.Of("Be brief.", [])).Text);
    }

    [Fact]
    public void Of_ReasoningTextAndCalls_AreOneTurnOfTheAssistant()
    {
        var turns = ConversationTurns.Of(null,
        [
            Message("user", "Weather?"), Reasoning("think"), Message("assistant", "I look."), Call("1", "weather"), Call("2", "time"), Output("1", "rain"), Output("2", "noon"), Message("assistant", "Rain."),
        ]);

        Assert.Equal(["user", "assistant", "tool", "tool", "assistant"], turns.Select(t => t.Role));
        Assert.Equal(("think", "I look."), (turns[1].Reasoning, turns[1].Text));
        Assert.Equal([new ToolCall("1", "weather", "{}"), new ToolCall("2", "time", "{}")], turns[1].ToolCalls);
        Assert.Equal([("1", "weather", "rain"), ("2", "time", "noon")], turns.Skip(2).Take(2).Select(t => (t.ToolCallId!, t.Name!, t.Text!)));
        Assert.Null(turns[4].Reasoning);
    }

    [Fact]
    public void Of_CallsAlone_AreATurnWithoutText()
    {
        var turn = Assert.Single(ConversationTurns.Of(null, [Call("1", "weather")]));

        Assert.Null(turn.Text);
        Assert.Single(turn.ToolCalls);
    }

    [Fact]
    public void Of_ReasoningThatNothingFollowed_IsLeftOut()
        => Assert.Equal(["user", "user"], ConversationTurns.Of(null, [Message("user", "a"), Reasoning("cut"), Message("user", "b")]).Select(t => t.Role));

    [Fact]
    public void Of_TwoAnswersInARow_AreTwoTurns()
        => Assert.Equal(["a", "b"], ConversationTurns.Of(null, [Message("assistant", "a"), Message("assistant", "b")]).Select(t => t.Text));

    [Fact]
    public void Of_ASummaryAlone_IsTheReasoning()
    {
        var summary = new ResponsesItem { Type = "reasoning", Summary = [new("summary_text") { Text = "short" }] };

        Assert.Equal("short", Assert.Single(ConversationTurns.Of(null, [summary, Message("assistant", "a")])).Reasoning);
    }

    private static ResponsesItem Message(string role, string text) => new() { Type = "message", Role = role, Content = ResponsesContent.Of("input_text", text) };

    private static ResponsesItem Reasoning(string text) => new() { Type = "reasoning", Summary = [], Content = ResponsesContent.Of("reasoning_text", text) };

    private static ResponsesItem Call(string id, string name) => new() { Type = "function_call", CallId = id, Name = name, Arguments = "{}" };

    private static ResponsesItem Output(string id, string text) => new() { Type = "function_call_output", CallId = id, Output = ResponsesContent.Of("input_text", text) };
}

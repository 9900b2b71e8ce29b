using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Constraints;

namespace ModelServer.ToolCalls;

/// <summary>What an answer may be so that the reader of its form finds the calls in it that a request demands.</summary>
/// <param name="form">How the model writes calls; some form.</param>
/// <param name="schema">The grammar of what follows a JSON schema, the field of the request that holds it, and whether objects have only what it names.</param>
internal sealed class ToolCallGrammar(AnswerForm form, Func<JsonElement, string, bool, Grammar> schema)
{
    private static readonly JsonElement AnyObject = JsonDocument.Parse("""{"type":"object"}""").RootElement;

    /// <summary>The grammar of an answer; null where it may be anything.</summary>
    /// <param name="tools">Those that the model knows.</param>
    /// <param name="parallel">Whether there may be several calls.</param>
    /// <param name="text">What the text must be where there is no call; null for anything.</param>
    /// <param name="isThinking">Whether the prompt leaves the model to think, which it then does first.</param>
    public Grammar? Of(IReadOnlyList<ToolDefinition> tools, ToolChoice choice, bool parallel, Grammar? text, bool isThinking)
    {
        IReadOnlyList<ToolDefinition> allowed = choice.Mode == ToolChoiceMode.None ? [] : choice.Name is null ? tools : [.. tools.Where(t => t.Name == choice.Name)];
        var answer = choice.Mode == ToolChoiceMode.Required ? Calls(allowed, parallel)
            : allowed.Count == 0 ? Text(text)
            : text is not null ? Expression.Choice(Text(text)!, Calls(allowed, parallel))
            : allowed.Any(t => t.IsStrict) ? TextAndCalls(allowed, parallel)
            : null;
        return answer is null ? null : new(form.Thinks ? AfterThoughts(answer, isThinking) : answer);
    }

    private Expression? Text(Grammar? text) => text is null ? null
        : form.Calls != ToolCallForm.Harmony ? new GrammarExpression(text)
        : Expression.Sequence(Harmony("analysis"), Mark(HarmonyAnswer.Channel), Expression.Text("final"), Mark(HarmonyAnswer.Message), new GrammarExpression(text));

    private Expression Calls(IReadOnlyList<ToolDefinition> tools, bool parallel) => form.Calls switch
    {
        ToolCallForm.Llama3 => Several(Expression.Choice([.. tools.Select(t => Object(t, "parameters"))]), Expression.Text("; "), parallel),
        ToolCallForm.Mistral => Expression.Sequence(Mark(MistralCalls.Mark), MistralCallsOf(tools, parallel)),
        ToolCallForm.Phi4 => Expression.Sequence(
            Mark(Phi4Calls.Open), Expression.Text("["), Several(Objects(tools), Expression.Text(", "), parallel), Expression.Text("]"), Mark(Phi4Calls.Close)),
        // Its mark of a call's end ends the answer.
        ToolCallForm.Harmony => Expression.Sequence(Harmony("analysis"), Expression.Choice([.. tools.Select(HarmonyCall)])),
        _ => Several(
            Expression.Sequence(Mark(HermesCalls.Open), Expression.Text("\n"), Objects(tools), Expression.Text("\n"), Mark(HermesCalls.Close)), Expression.Text("\n"), parallel),
    };

    /// <summary>Anything, but what begins like a call is one.</summary>
    private Expression? TextAndCalls(IReadOnlyList<ToolDefinition> tools, bool parallel)
    {
        if (form.Calls == ToolCallForm.Llama3)
        {
            var other = Expression.Sequence(FreeText.Except("{ \n\t\r"), FreeText.Any);
            return Expression.Sequence(FreeText.Space, Expression.Choice(Expression.Nothing, Calls(tools, parallel), other));
        }

        // Of harmony's messages and Phi's second form too much would have to be said.
        if (form.Calls is not (ToolCallForm.Hermes or ToolCallForm.Mistral)) return null;
        var mark = form.Calls == ToolCallForm.Hermes ? HermesCalls.Open : MistralCalls.Mark;
        return Expression.Sequence(FreeText.Without(mark), Expression.Optional(Calls(tools, parallel)));
    }

    private Expression MistralCallsOf(IReadOnlyList<ToolDefinition> tools, bool parallel)
    {
        if (!form.TokenMarks.ContainsKey(MistralCalls.Arguments))
            return Expression.Sequence(Expression.Text(" ["), Several(Objects(tools), Expression.Text(", "), parallel), Expression.Text("]"));
        var call = Expression.Choice([.. tools.Select(t => Expression.Sequence(Expression.Text(t.Name), Mark(MistralCalls.Arguments), Arguments(t)))]);
        return Several(call, Mark(MistralCalls.Mark), parallel);
    }

    private Expression HarmonyCall(ToolDefinition tool) => Expression.Sequence(
        Mark(HarmonyAnswer.Channel),
        Expression.Text($"commentary to=functions.{tool.Name} "),
        Mark(HarmonyAnswer.Constrain),
        Expression.Text("json"),
        Mark(HarmonyAnswer.Message),
        Arguments(tool));

    /// <summary>A message on a channel before the answer, or none.</summary>
    private Expression Harmony(string channel) => Expression.Optional(Expression.Sequence(
        Mark(HarmonyAnswer.Channel),
        Expression.Text(channel),
        Mark(HarmonyAnswer.Message),
        FreeText.Without(HarmonyAnswer.Stop),
        Mark(HarmonyAnswer.Stop),
        Mark(HarmonyAnswer.Start),
        Expression.Text("assistant")));

    private Expression AfterThoughts(Expression answer, bool isThinking)
    {
        var thoughts = Expression.Sequence(
            FreeText.Without(Thoughts.Close), Mark(Thoughts.Close), Expression.Repeat(Expression.Text("\n"), 0, 2), answer);
        return isThinking ? thoughts : Expression.Choice(answer, Expression.Sequence(Mark(Thoughts.Open), thoughts));
    }

    private static Expression Several(Expression call, Expression between, bool parallel)
        => parallel ? Expression.Sequence(call, Expression.Repeat(Expression.Sequence(between, call), 0)) : call;

    private Expression Objects(IReadOnlyList<ToolDefinition> tools) => Expression.Choice([.. tools.Select(t => Object(t, "arguments"))]);

    /// <summary>Spaced as templates write them.</summary>
    private Expression Object(ToolDefinition tool, string arguments)
        => Expression.Sequence(Expression.Text($$"""{"name": "{{tool.Name}}", "{{arguments}}": """), Arguments(tool), Expression.Text("}"));

    private Expression Arguments(ToolDefinition tool)
    {
        if (tool.Parameters is not { } parameters) return Expression.Text(ArgumentsReader.None);
        try
        {
            return new GrammarExpression(schema(parameters, Field(tool), tool.IsStrict));
        }
        catch (InvalidFieldException) when (!tool.IsStrict)
        {
            // Nobody was promised that these are followed; what is demanded is a call.
            return new GrammarExpression(schema(AnyObject, Field(tool), false));
        }
    }

    private static string Field(ToolDefinition tool) => $"tools.{tool.Name}.parameters";

    /// <summary>No text spells an added token.</summary>
    private Expression Mark(string mark) => form.TokenMarks.ContainsKey(mark) ? new SpecialTokenExpression(mark) : Expression.Text(mark);
}

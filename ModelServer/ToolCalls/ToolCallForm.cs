namespace ModelServer.ToolCalls;

/// <summary>How a model writes that it calls a tool.</summary>
internal enum ToolCallForm
{
    /// <summary>Not known: all of it is text.</summary>
    None,
    Hermes,
    Llama3,
    Mistral,
    Phi4,
    Harmony,
}

internal static class ToolCallForms
{
    /// <summary>By the name that <c>serving.json</c> has for them.</summary>
    public static IReadOnlyDictionary<string, ToolCallForm> ByName { get; } = Enum.GetValues<ToolCallForm>().ToDictionary(Name);

    public static string Name(this ToolCallForm form) => form.ToString().ToLowerInvariant();

    /// <summary>What a model was trained on, by the marks that its template writes and that its tokenizer has a token for.</summary>
    /// <param name="template">Null where it has none.</param>
    /// <param name="hasToken">Whether the tokenizer has an added token of this content.</param>
    public static ToolCallForm Detect(string? template, Func<string, bool> hasToken)
    {
        var text = template ?? "";
        // Others put other things between the marks of Hermes: members as XML.
        if (Says("<function=") || Says("<arg_key>")) return ToolCallForm.None;
        if (Knows(HarmonyAnswer.Channel) && Knows(HarmonyAnswer.Message)) return ToolCallForm.Harmony;
        if (Knows(MistralCalls.Mark)) return ToolCallForm.Mistral;
        if (Knows(HermesCalls.Open)) return ToolCallForm.Hermes;
        if (Knows(Phi4Calls.Open) || Says("functools")) return ToolCallForm.Phi4;
        // A base model has the token, too, and nothing that says how tools are called.
        return Says(Llama3Calls.Tag) || (Says("\"parameters\"") && Says("ipython")) ? ToolCallForm.Llama3 : ToolCallForm.None;

        bool Says(string mark) => text.Contains(mark, StringComparison.Ordinal);
        bool Knows(string mark) => Says(mark) || hasToken(mark);
    }

    /// <summary>Marks that may be special tokens.</summary>
    public static IReadOnlyList<string> Marks(this ToolCallForm form) => form switch
    {
        ToolCallForm.Hermes => [HermesCalls.Open, HermesCalls.Close],
        ToolCallForm.Llama3 => [Llama3Calls.Tag],
        ToolCallForm.Mistral => [MistralCalls.Mark, MistralCalls.Arguments, MistralCalls.CallId],
        ToolCallForm.Phi4 => [Phi4Calls.Open, Phi4Calls.Close],
        ToolCallForm.Harmony =>
            [HarmonyAnswer.Start, HarmonyAnswer.Channel, HarmonyAnswer.Constrain, HarmonyAnswer.Message, HarmonyAnswer.Stop, HarmonyAnswer.Return, HarmonyAnswer.Call],
        _ => [],
    };
}

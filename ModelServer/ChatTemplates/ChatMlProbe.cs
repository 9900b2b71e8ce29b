namespace ModelServer.ChatTemplates;

/// <summary>Finds out whether a Jinja template makes ChatML, by what it makes of conversations of every kind that is served: only one that agrees with <see cref="ChatTemplate.Render"/> in
/// all of them is taken for it. Behind a few of their words a template may do anything, so that white space, empty texts and repeated roles are among them.</summary>
internal static class ChatMlProbe
{
    private static readonly ChatTurn User = new("user", " Why?\n"), Assistant = new("assistant", "\nYes. "), System = new("system", " Be brief. ");

    private static readonly ChatTurn[][] Conversations =
    [
        [User],
        [System, User],
        [User, Assistant, User],
        [System, User, Assistant, User, Assistant, User],
        [User, System, Assistant],
        [Assistant, Assistant, User, User],
        [System, System],
        [new("system", ""), new("user", ""), new("assistant", ""), new("user", "<think>a</think>b")],
        [User, new("assistant", "<think>\nWell.\n</think>\n\nYes."), User],
    ];

    /// <param name="jinja">The template.</param>
    /// <param name="token">The tokenizer's token for a role such as <c>bos_token</c>, or null.</param>
    /// <exception cref="UnknownTemplateException">It makes something else, or uses what is not known here.</exception>
    public static ChatTemplate Recognise(string jinja, Func<string, string?> token)
    {
        var variables = new[] { "bos_token", "eos_token", "pad_token", "unk_token" }.Where(role => token(role) is not null).ToDictionary(role => role, role => (object?)token(role));
        variables["add_generation_prompt"] = true;
        variables["tools"] = variables["documents"] = null;

        var candidate = Begun(Render(Conversations[0]), token("bos_token"));
        foreach (var turns in Conversations)
            if (Render(turns) != candidate.Text(turns)) throw Other(Render(turns));
        return candidate;

        string Render(ChatTurn[] turns) => TemplateText.Render(jinja, new Dictionary<string, object?>(variables) { ["messages"] = turns });
    }

    /// <summary>ChatML with what a rendering begins with: the token that begins texts, a system message of the template's own, both or neither.</summary>
    private static ChatTemplate Begun(string rendering, string? bos)
    {
        var plain = ChatTemplate.ChatMl().Text(Conversations[0]);
        if (!rendering.EndsWith(plain, StringComparison.Ordinal)) throw Other(rendering);
        var head = rendering[..^plain.Length];
        foreach (var prefix in new[] { "", bos ?? "" })
        {
            if (head == prefix) return ChatTemplate.ChatMl(prefix: prefix);
            // The mark of a turn is some models' first token too: only a whole message is one.
            var (start, end) = ($"{prefix}{ChatTemplate.Start}system\n", $"{ChatTemplate.End}\n");
            if (head.Length >= start.Length + end.Length && head.StartsWith(start, StringComparison.Ordinal) && head.EndsWith(end, StringComparison.Ordinal))
                return ChatTemplate.ChatMl(head[start.Length..^end.Length], prefix);
        }

        throw Other(rendering);
    }

    private static UnknownTemplateException Other(string rendering) => new($"makes '{(rendering.Length > 200 ? rendering[..200] + "…" : rendering)}' of a conversation".ReplaceLineEndings("\\n"));
}

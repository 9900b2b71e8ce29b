using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace ModelServer.ChatTemplates;

/// <summary>
/// Renders the part of Jinja that ChatML templates are written in, with the settings of transformers (<c>trim_blocks</c>, <c>lstrip_blocks</c>): text, output, <c>if</c>, <c>for</c> over
/// messages and <c>set</c>. Whatever else a conversation leads to is refused; what it does not lead to, such as the part for tools, is passed over.
/// </summary>
internal sealed partial class TemplateText
{
    private readonly List<Part> _parts = [];
    private int _next;

    private TemplateText(string template)
    {
        var text = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        if (text.EndsWith('\n')) text = text[..^1];
        var start = 0;
        Match? before = null;
        foreach (Match tag in Tag().Matches(text))
        {
            AddText(text[start..tag.Index], before, tag);
            if (!tag.Groups["comment"].Success) _parts.Add(new(tag.Groups["output"].Success ? PartKind.Output : PartKind.Block, tag.Groups["code"].Value.Trim()));
            (start, before) = (tag.Index + tag.Length, tag);
        }

        AddText(text[start..], before, null);
    }

    /// <exception cref="UnknownTemplateException">The conversation leads to something else than is known here.</exception>
    public static string Render(string template, IReadOnlyDictionary<string, object?> variables)
    {
        var text = new TemplateText(template);
        var output = new StringBuilder();
        var end = text.Run(new(variables), output);
        return end is null ? output.ToString() : throw Unknown(end);
    }

    /// <summary>Adds the text between two tags, without the white space that is theirs: all of it on the side of a minus, a line break behind a block, and the indentation of one.</summary>
    private void AddText(string text, Match? before, Match? after)
    {
        if (text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) || text.Contains("{#", StringComparison.Ordinal)) throw new UnknownTemplateException("has a tag without an end");
        var startsLine = before is null;
        if (before is { } tag && tag.Groups["right"].Length > 0) text = text.TrimStart();
        else if (before is not null && !before.Groups["output"].Success && text.StartsWith('\n')) (text, startsLine) = (text[1..], true);
        if (after is { } next && next.Groups["left"].Length > 0) text = text.TrimEnd();
        else if (after is not null && !after.Groups["output"].Success && (startsLine || text.Contains('\n')) && text[(text.LastIndexOf('\n') + 1)..].Trim(' ', '\t').Length == 0) text = text[..(text.LastIndexOf('\n') + 1)];
        _parts.Add(new(PartKind.Text, text));
    }

    /// <summary>Runs up to the end, or to the block that ends or continues what surrounds this.</summary>
    /// <param name="scope">Null to pass over.</param>
    /// <returns>That block; null at the end.</returns>
    private string? Run(Dictionary<string, object?>? scope, StringBuilder output)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new UnknownTemplateException("is nested too deep");
        while (_next < _parts.Count)
        {
            var (kind, code) = _parts[_next++];
            if (kind == PartKind.Text && scope is not null) output.Append(code);
            if (kind == PartKind.Output && scope is not null) output.Append(TemplateExpression.Text(code, scope));
            if (kind != PartKind.Block) continue;
            switch (Head(code))
            {
                case "if": If(code, scope, output); break;
                case "for": For(code, scope, output); break;
                case "set": Set(code, scope); break;
                case "elif" or "else" or "endif" or "endfor": return code;
                default: throw Unknown(code);
            }
        }

        return null;
    }

    private void If(string code, Dictionary<string, object?>? scope, StringBuilder output)
    {
        var isDecided = false;
        for (string? block = code; block != "endif";)
        {
            if (block is null || !(block == "else" || Head(block) is "if" or "elif")) throw Unknown(block ?? code);
            var isTaken = scope is not null && !isDecided && (block == "else" || TemplateExpression.IsTrue(block[Head(block).Length..], scope));
            isDecided |= isTaken;
            block = Run(isTaken ? scope : null, output);
        }
    }

    private void For(string code, Dictionary<string, object?>? scope, StringBuilder output)
    {
        var (loop, start) = (Loop().Match(code), _next);
        if (scope is null)
        {
            if (Run(null, output) is not "endfor") throw Unknown(code);
            return;
        }

        if (!loop.Success || TemplateExpression.Value(loop.Groups["list"].Value, scope) is not ChatTurn[] { Length: > 0 } turns) throw Unknown(code);
        for (var i = 0; i < turns.Length; i++)
        {
            _next = start;
            // What a round sets is forgotten with it.
            var round = new Dictionary<string, object?>(scope) { [loop.Groups["name"].Value] = turns[i], ["loop"] = new TemplateLoop(First: i == 0, Last: i == turns.Length - 1) };
            if (Run(round, output) is not "endfor") throw Unknown(code);
        }
    }

    private static void Set(string code, Dictionary<string, object?>? scope)
    {
        if (scope is null) return;
        var assignment = Assignment().Match(code);
        if (!assignment.Success) throw Unknown(code);
        scope[assignment.Groups["name"].Value] = TemplateExpression.Value(assignment.Groups["value"].Value, scope);
    }

    private static string Head(string code) => code.Split((char[]?)null, 2)[0];

    private static UnknownTemplateException Unknown(string code) => new($"uses '{code}'");

    [GeneratedRegex("""
        \{\#(?<left>-?)(?<comment>.*?)(?<right>-?)\#\}
        | \{\{(?<left>-?)(?<output>)(?<code>(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'"])*?)(?<right>-?)\}\}
        | \{%(?<left>-?)(?<code>(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^'"])*?)(?<right>-?)%\}
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\Afor\s+(?<name>\w+)\s+in\s+(?<list>\w+)\z")]
    private static partial Regex Loop();

    [GeneratedRegex(@"\Aset\s+(?<name>\w+)\s*=(?<value>[^=].*)\z", RegexOptions.Singleline)]
    private static partial Regex Assignment();

    private enum PartKind
    {
        Text,
        Output,
        Block,
    }

    private sealed record Part(PartKind Kind, string Code);
}

/// <summary>What a template may ask of the round of a loop that it is in.</summary>
internal sealed record TemplateLoop(bool First, bool Last);

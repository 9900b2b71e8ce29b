using System.Runtime.InteropServices;
using System.Text;

namespace ModelServer.Jinja;

/// <summary>Puts a text together, and keeps which parts the caller gave.</summary>
internal sealed class JinjaTextBuilder
{
    private readonly StringBuilder _text = new();
    private readonly List<TextSpan> _given = [];

    public int Length => _text.Length;

    public JinjaTextBuilder Append(string text)
    {
        _text.Append(text);
        return this;
    }

    public JinjaTextBuilder Append(JinjaText text)
    {
        foreach (var span in text.Given)
        {
            var start = _text.Length + span.Start;
            if (_given is [.., var last] && last.End == start) _given[^1] = last with { Length = last.Length + span.Length };
            else _given.Add(span with { Start = start });
        }

        _text.Append(text.Value);
        return this;
    }

    public JinjaText ToText() => new(_text.ToString(), [.. CollectionsMarshal.AsSpan(_given)]);
}

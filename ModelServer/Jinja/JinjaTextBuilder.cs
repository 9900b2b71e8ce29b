using System.Runtime.InteropServices;
using System.Text;
using ModelServer.Tokenization.Texts;

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
            var (start, end) = (_text.Length + span.Start, _text.Length + span.End);
            if (_given is [.., var last] && last.End == start) _given[^1] = last with { End = end };
            else _given.Add(new(start, end));
        }

        _text.Append(text.Value);
        return this;
    }

    public JinjaText ToText() => new(_text.ToString(), [.. CollectionsMarshal.AsSpan(_given)]);
}

using System.Globalization;
using System.Numerics;

namespace ModelServer.Jinja;

/// <summary>JSON as Python's <c>json.dumps(value, ensure_ascii=False)</c> writes it, which transformers puts in place of Jinja's own <c>tojson</c>: nothing is escaped for HTML.</summary>
internal sealed class JsonText
{
    private const int MaxDepth = 100;
    private readonly JinjaTextBuilder _text = new();
    private readonly RenderBudget _budget;
    private readonly string? _indent;
    private readonly bool _sortsKeys;
    private readonly string _comma, _colon;

    private JsonText(RenderBudget budget, string? indent, string comma, string colon, bool sortsKeys)
    {
        _budget = budget;
        _indent = indent;
        _comma = comma;
        _colon = colon;
        _sortsKeys = sortsKeys;
    }

    /// <param name="indent">What each level begins its lines with; null for one line.</param>
    /// <param name="separators">Between items, and between key and value; null for Python's.</param>
    public static JinjaText Write(RenderBudget budget, object? value, string? indent, (string Comma, string Colon)? separators, bool sortsKeys)
    {
        var (comma, colon) = separators ?? (indent is null ? ", " : ",", ": ");
        var json = new JsonText(budget, indent, comma, colon, sortsKeys);
        json.Append(value, 0);
        return json._text.ToText();
    }

    /// <summary>With everything beyond ASCII escaped, as <c>ensure_ascii</c> asks for.</summary>
    public static string Ascii(string json) => json.All(char.IsAscii) ? json : string.Concat(json.Select(c => char.IsAscii(c) ? c.ToString() : $"\\u{(int)c:x4}"));

    private void Append(object? value, int depth)
    {
        if (depth > MaxDepth) throw new JinjaException("tojson: the value is nested too deep");
        _budget.Step();
        switch (value)
        {
            case null: _text.Append("null"); break;
            case bool truth: _text.Append(truth ? "true" : "false"); break;
            case long number: _text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: _text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: _text.Append(double.IsFinite(number) ? PythonText.Float(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity"); break;
            case JinjaText text: AppendQuoted(text); break;
            case JinjaList { Kind: not ListKind.Generator } list: AppendAll("[", "]", list.Items, depth, item => Append(item, depth + 1)); break;
            case JinjaDict dict:
                var items = _sortsKeys ? [.. dict.Items.OrderBy(i => i.Key, Comparer<object?>.Create(PythonValues.Compare))] : dict.Items;
                AppendAll("{", "}", items, depth, item =>
                {
                    AppendKey(item.Key);
                    _text.Append(_colon);
                    Append(item.Value, depth + 1);
                });
                break;
            default: throw new JinjaException($"Object of type {PythonText.TypeName(value)} is not JSON serializable");
        }

        _budget.CheckLength(_text.Length);
    }

    private void AppendAll<T>(string open, string close, IReadOnlyList<T> items, int depth, Action<T> append)
    {
        _text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0) _text.Append(_comma);
            NewLine(depth + 1);
            append(items[i]);
        }

        if (items.Count > 0) NewLine(depth);
        _text.Append(close);
    }

    private void NewLine(int depth)
    {
        if (_indent is null) return;
        _text.Append("\n");
        for (var i = 0; i < depth; i++) _text.Append(_indent);
    }

    private void AppendKey(object? key)
    {
        switch (key)
        {
            case JinjaText text: AppendQuoted(text); break;
            case null: _text.Append("\"null\""); break;
            case bool truth: _text.Append(truth ? "\"true\"" : "\"false\""); break;
            case long or double: _text.Append($"\"{PythonText.Repr(key).Value}\""); break;
            default: throw new JinjaException($"keys must be str, int, float, bool or None, not {PythonText.TypeName(key)}");
        }
    }

    private void AppendQuoted(JinjaText text)
    {
        _text.Append("\"");
        var plain = 0;
        for (var i = 0; i < text.Value.Length; i++)
        {
            if (Escape(text.Value[i]) is not { } escape) continue;
            _text.Append(text.Slice(plain, i - plain)).Append(escape);
            plain = i + 1;
        }

        _text.Append(text.Slice(plain)).Append("\"");
    }

    private static string? Escape(char letter) => letter switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => $"\\u{(int)letter:x4}",
        _ => null,
    };
}

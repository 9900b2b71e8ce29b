using System.Text.RegularExpressions;

namespace ModelServer.Tests.Jinja;

/// <summary>Templates with something put in, taken out or moved: some are none any more, most do what nobody wrote. The same seed gives the same ones.</summary>
internal sealed partial class TemplateMutations(int seed, IReadOnlyList<string> templates)
{
    /// <summary>Behind a value.</summary>
    private static readonly string[] Suffixes =
    [
        "[::-1]", "[1:]", "[-1]", "[::0]", "['x']", "[9]", ".x", " * 99999", " * messages", " + messages", " ~ messages", " % messages", " % ('a', 1)", " // 0", " ** 99", " - 1", " / 3", " == messages", " in messages", " not in 'x'", " < messages", " is string", " is not mapping",
        " | tojson", " | tojson(indent=9)", " | tojson(sort_keys=true)", " | list", " | sort", " | sort(attribute='role')", " | groupby('role')", " | unique", " | join(messages)", " | map('upper')", " | map(attribute='content') | list", " | selectattr('role', 'eq', 'user')",
        " | select('string')", " | batch(3)", " | slice(100000)", " | round(400)", " | int(0, 99)", " | float", " | string", " | length", " | items", " | dictsort", " | sum", " | max", " | first", " | last", " | reverse", " | indent(1000)", " | center(100000)", " | truncate(-9)",
        " | wordcount", " | title", " | striptags", " | replace('', 'x')", " | default(messages)", " | attr('x')", " | abs", " | format(1)", " | urlencode", " | e", " | trim('x')", " | min", " | rejectattr('x')", " | map('tojson') | join",
        ".split()", ".split('')", ".split('x')", ".rsplit(' ', 99)", ".strip(none)", ".format(messages)", ".format(**message)", ".join(messages)", ".items()", ".get('x')", ".index(9)", ".count('')", ".find('', 99)", ".zfill(99999)", ".ljust(9, '')", ".splitlines(true)",
        ".startswith(1)", ".endswith('x', 1, 2)", ".partition('x')", ".append(1)", ".upper()", ".rindex('x')", ".title()", ".removeprefix(1)", "()", "(1)", "(messages)", " if x", " if true else 1", " or messages", " and 1",
    ];

    /// <summary>In the place of a name.</summary>
    private static readonly string[] Values =
    [
        "messages", "tools", "loop", "loop.index", "loop.cycle()", "loop.changed(messages)", "loop.previtem", "namespace(a=[])", "range(99999)", "range(9)", "99999999999999999999", "9223372036854775807", "1e308", "-1", "0", "none", "true", "''", "'\\x4'", "'😀'", "[]", "{}", "()", "(messages, messages)",
        "{'a': messages}", "{[]: 1}", "[messages] * 999", "'%999d' % 1", "'%(a)s' % message", "'{0.a}'.format(1)", "'{:>9}'.format(1)", "cycler(1, 2).next()", "joiner()()", "dict(a=1)", "dict(messages)", "strftime_now('%Y %j %Q %-')", "strftime_now(1)", "raise_exception(messages)",
        "caller()", "varargs", "kwargs", "self", "missing", "missing.x",
    ];

    /// <summary>Between statements and texts.</summary>
    private static readonly string[] Statements =
    [
        "{% for x in messages recursive %}{{ loop(messages) }}{% endfor %}", "{% for a, b in messages %}{% endfor %}", "{% set x = [x, x] %}", "{% set messages = messages + messages %}", "{% set tools = messages %}",
        "{% set ns = namespace(a=[]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}", "{% set ns = namespace(a=[], b=[]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}",
        "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(99999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a == ns.b }}{{ [ns.a, ns.b] | sort }}", "{% set ns = namespace(a='x') %}{% for i in range(99) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}",
        "{% set a = 'x' * 9999999 %}{% for i in range(99999) %}{{ a[9999999] }}{{ 'y' in a }}{% endfor %}", "{% set a = (range(99999) | list) %}{% for i in a %}{{ -1 in a }}{% endfor %}", "{% macro m(a, b=m) %}{{ m(b, a) }}{% endmacro %}{{ m(1) }}", "{% macro m(a) %}{{ caller(a) }}{% endmacro %}",
        "{% call(x) m(1) %}{{ x }}{% endcall %}", "{% filter upper %}x{% endfilter %}", "{% raw %}{{ x{% endraw %}", "{% for x in range(99999) %}{% for y in range(99999) %}{{ x }}{% endfor %}{% endfor %}", "{% set x | trim %} {{ messages }} {% endset %}{{ x }}", "{% break %}", "{% continue %}",
        "{% with a = messages %}{{ a }}{% endwith %}", "{% generation %}{{ messages }}{% endgeneration %}", "{{ messages }}", "{{ messages | tojson }}", "{{ raise_exception('no') }}", "{% for k, v in message.items() %}{{ k }}{{ v }}{% endfor %}", "{# x #}", "\n", "  ", "😀",
    ];

    /// <summary>Anywhere.</summary>
    private static readonly string[] Breaks = ["{{", "}}", "{%", "%}", "{#", "#}", "-", "(", ")", "[", "]", "{", "}", "'", "\"", "\\", "|", ".", ",", "=", "~", "{% if true %}", "{% else %}", "{% endif %}", "{% endfor %}", "{% include 'x' %}", "\u0000"];

    private readonly Random _random = new(seed);

    public string Next()
    {
        var text = templates[_random.Next(templates.Count)];
        for (var changes = _random.Next(1, 4); changes > 0; changes--) text = Change(text);
        return text;
    }

    private string Change(string text)
    {
        switch (_random.Next(16))
        {
            case < 6: return Place(Value(), text) is { } value ? text.Insert(value.Index + value.Length, Pick(Suffixes)) : text;
            case < 9: return Place(Value(), text) is { } name ? text.Remove(name.Index, name.Length).Insert(name.Index, Pick(Values)) : text;
            case < 13: return Place(Tag(), text) is { } tag ? text.Insert(tag.Index + tag.Length, Pick(Statements)) : text + Pick(Statements);
            case 13 when Place(Tag(), text) is { } taken: return text.Remove(taken.Index, taken.Length);
            case 14: return text.Insert(_random.Next(text.Length + 1), Pick(Breaks));
            default:
                var (start, length) = (_random.Next(text.Length + 1), _random.Next(1, 60));
                return text.Remove(start, Math.Min(length, text.Length - start));
        }
    }

    private Match? Place(Regex what, string text) => what.Matches(text) is { Count: > 0 } all ? all[_random.Next(all.Count)] : null;

    private string Pick(string[] all) => all[_random.Next(all.Length)];

    [GeneratedRegex(@"\b(?:message|messages|tool|tools|content|ns\.\w+|message\.\w+|message\['\w+'\]|tool\.\w+|loop\.\w+|system_message|arguments|documents|call|bos_token|eos_token)\b(?!\s*(?:=[^=]|\bin\b))")]
    private static partial Regex Value();

    [GeneratedRegex(@"\{[{%][^{}%]*[}%]\}")]
    private static partial Regex Tag();
}

using System.Text.Json;
using ModelServer.Jinja;
using Testing;

namespace ModelServer.Tests.Jinja;

public sealed class JinjaTemplateTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "Jinja", "expected.jsonl"));

    /// <summary>Seeded random templates, and what Python's jinja2 makes of them (make_expected.py).</summary>
    [Fact]
    public void Render_RandomTemplates_AgreesWithPython()
    {
        var variables = Parse(Lines[0]).GetProperty("variables").EnumerateObject().ToDictionary(v => v.Name, v => JsonValues.Read(v.Value, isGiven: true));
        var wrong = new List<string>();
        foreach (var line in Lines.Skip(1))
        {
            var (template, expected) = (Parse(line).GetProperty("template").GetString()!, Parse(line).GetProperty("text").GetString());
            var text = Try(() => new JinjaTemplate(template).Render(variables, TimeProvider.System).Value);
            if (text != expected) wrong.Add($"{template}\n  ours:   {text}\n  Python: {expected}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(Lines.Length, 800, int.MaxValue);
    }

    [Theory]
    [InlineData("{{ x }", "unexpected '}' (line 1)")]
    [InlineData("a\n{% if", "unexpected end of template, expected '%}' (line 2)")]
    [InlineData("{% if true %}", "Unexpected end of template. Jinja was looking for the following tags: 'elif' or 'else' or 'endif'. (line 1)")]
    [InlineData("{% endfor %}", "Encountered unknown tag 'endfor'. (line 1)")]
    [InlineData("{% include 'a' %}", "Encountered unknown tag 'include'. (line 1)")]
    [InlineData("{{ 1 | nothing }}", "No filter named 'nothing'. (line 1)")]
    [InlineData("{{ 1 is nothing }}", "No test named 'nothing'. (line 1)")]
    [InlineData("{{ ) }}", "unexpected ')' (line 1)")]
    [InlineData("{{ '\\x4' }}", "truncated \\x escape (line 1)")]
    [InlineData("{# a", "Missing end of comment tag (line 1)")]
    [InlineData("{% raw %}{{ a }}", "Missing end of raw directive (line 1)")]
    [InlineData("{% break %}", "'break' outside of a loop (line 1)")]
    [InlineData("{% for a in b %}{% macro c() %}{% continue %}{% endmacro %}{% endfor %}", "'continue' outside of a loop (line 1)")]
    public void Template_ThatIsNone_SaysWhatAndWhere(string template, string message) => Assert.Equal(message, Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate(template)).Message);

    [Theory]
    [InlineData("{{ missing.member }}", "'missing' is undefined")]
    [InlineData("{{ {}.a.b }}", "'dict object' has no attribute 'a'")]
    [InlineData("{{ 'a' + 1 }}", "can only concatenate str (not \"int\") to str")]
    [InlineData("{{ 1 + 'a' }}", "unsupported operand type(s) for +: 'int' and 'str'")]
    [InlineData("{{ 1 // 0 }}", "division by zero")]
    [InlineData("{{ [1].append(2) }}", "access to attribute 'append' of 'list' object is unsafe.")]
    [InlineData("{{ none() }}", "'NoneType' object is not callable")]
    [InlineData("{{ missing | tojson }}", "Object of type Undefined is not JSON serializable")]
    [InlineData("{{ 9223372036854775807 + 1 }}", "an integer grows beyond 64 bits")]
    [InlineData("{{ -(-9223372036854775807 - 1) }}", "an integer grows beyond 64 bits")]
    [InlineData("{{ (-9223372036854775807 - 1) // -1 }}", "an integer grows beyond 64 bits")]
    [InlineData("{{ (-9223372036854775807 - 1) | abs }}", "an integer grows beyond 64 bits")]
    [InlineData("{{ [9223372036854775807, 1] | sum }}", "an integer grows beyond 64 bits")]
    [InlineData("{% for a, b in [[1]] %}{% endfor %}", "not enough values to unpack (expected 2, got 1)")]
    [InlineData("{% set a.b = 1 %}", "cannot assign attribute on non-namespace object")]
    public void Render_WhatPythonRefuses_SaysWhy(string template, string message) => Assert.Equal(message, Assert.Throws<JinjaException>(() => Render(template)).Message);

    [Fact]
    public void Render_TemplateRefuses_IsItsSentence()
        => Assert.Equal("Roles must alternate!", Assert.Throws<RaisedByTemplateException>(() => Render("{{ raise_exception('Roles must ' ~ 'alternate!') }}")).Message);

    [Theory]
    [InlineData("{{ strftime_now('%Y-%m-%d %H:%M:%S') }}", "2026-01-05 09:34:56")]
    [InlineData("{{ strftime_now('%d %b %Y') }}|{{ strftime_now('%-d %B, %A %j %% %p %I') }}", "05 Jan 2026|5 January, Monday 005 % AM 09")]
    public void Now_InTemplate_IsTheClocks(string template, string expected)
        => Assert.Equal(expected, new JinjaTemplate(template).Render(new Dictionary<string, object?>(), new FixedTime(new(2026, 1, 5, 9, 34, 56))).Value);

    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}", "takes more than 4000000 steps")]
    [InlineData("{% set ns = namespace(a='0123456789') %}{% for i in range(60) %}{% set ns.a = ns.a + ns.a %}{% endfor %}", "puts together more than")]
    [InlineData("{{ 'ab' * 1000000000000 }}", "puts together more than")]
    [InlineData("{{ [0] * 1000000000000 }}", "puts together more than")]
    [InlineData("{{ 'a'.replace('', 'b' * 100000000) }}", "puts together more than")]
    [InlineData("{% set a = 'x' * 1000000 %}{% for i in range(100) %}{{ a }}{% endfor %}", "makes more than 16000000 characters")]
    [InlineData("{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}", "nests too deep")]
    [InlineData("{% for a in [[]] recursive %}{{ loop([[]]) }}{% endfor %}", "nests too deep")]
    [InlineData("{{ range(1000000000) }}", "Range too big")]
    [InlineData("{{ 'a'.center(1000000000) }}", "a width beyond 100000")]
    [InlineData("{{ '%999999999d' % 1 | length }}", null)]
    [InlineData("{{ ('<!--' * 1000000) | striptags | length }}", null)]
    [InlineData("{% set ns = namespace(a=[]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}", "steps")]
    [InlineData("{% set ns = namespace(a=[], b=[]) %}{% for i in range(99) %}{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}", "steps")]
    [InlineData("{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(99999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a == ns.b }}", "nests too deep")]
    [InlineData("{% set ns = namespace(a=[1], b=[2]) %}{% for i in range(99999) %}{% set ns.a = [ns.a] %}{% set ns.b = [ns.b] %}{% endfor %}{{ ns.a < ns.b }}", "nests too deep")]
    [InlineData("{% set a = range(99999) | list %}{% for i in a %}{{ -1 in a }}{% endfor %}", "steps")]
    [InlineData("{% set a = 'x' * 9999999 %}{% for i in range(99999) %}{{ a[9999999] }}{{ 'y' in a }}{% endfor %}", "steps")]
    [InlineData("{{ {1: 1, 'a': 1} | tojson(sort_keys=true) }}", "not supported between")]
    [InlineData("{{ 2 ** 1000000000000 }}", "an integer grows beyond 64 bits")]
    public void Render_WithoutEnd_IsStopped(string template, string? message)
    {
        var said = Try(() => Render(template));
        if (message is not null) Assert.Contains(message, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Template_NestedWithoutEnd_IsRefused()
    {
        static string Many(string text) => string.Concat(Enumerable.Repeat(text, 50_000));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{{{{ {Many("(")}1{Many(")")} }}}}"));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{{{{ {Many("[")}{Many("]")} }}}}"));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{{{{ {Many("-")}1 }}}}"));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{{{{ {Many("not ")}1 }}}}"));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{{{{ {Many("1 if 1 else ")}1 }}}}"));
        Assert.Throws<JinjaSyntaxException>(() => new JinjaTemplate($"{Many("{% if 1 %}")}{Many("{% endif %}")}"));
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static string Render(string template) => new JinjaTemplate(template).Render(new Dictionary<string, object?>(), TimeProvider.System).Value;

    private static string Try(Func<string> render)
    {
        try
        {
            return render();
        }
        catch (JinjaException e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }
}

using ModelServer.Jinja;

namespace ModelServer.Tests.Jinja;

/// <summary>What of a rendering the caller gave, in brackets.</summary>
public sealed class JinjaTextTests
{
    [Theory]
    [InlineData("<s>{{ a }}</s>", "<s>[ Hello ]</s>")]
    [InlineData("{{ a | trim }}{{ a.strip() }}", "[HelloHello]")]
    [InlineData("{{ a + '-' + a ~ b }}", "[ Hello ]-[ Hello <x>]")]
    [InlineData("{{ ('(' + a + ')')[1:4] }}", "[ He]")]
    [InlineData("{{ ('(' + a + ')')[::-1] }}", ")[ olleH ](")]
    [InlineData("{{ ('<' ~ a ~ '>').split('l') }}", "['<[ He]', '', '[o ]>']")]
    [InlineData("{{ ('<' ~ a ~ '>').replace('Hello', 'Bye') }}", "<[ ]Bye[ ]>")]
    [InlineData("{{ 'x y'.replace('y', a) }}", "x [ Hello ]")]
    [InlineData("{{ '%s!' % a }}{{ '{}?'.format(b) }}", "[ Hello ]![<x>]?")]
    [InlineData("{{ [a, 'c'] | join(', ') }}", "[ Hello ], c")]
    [InlineData("{{ {'k': b} | tojson }}", "{\"k\": \"[<x>]\"}")]
    [InlineData("{{ [b] }}", "['[<x>]']")]
    [InlineData("{{ a | upper }}{{ ('<b>' + a) | lower }}", "[ HELLO ]<b>[ hello ]")]
    [InlineData("{% set c %}<{{ b }}>{% endset %}{{ c }}", "<[<x>]>")]
    [InlineData("{% macro m(t) %}<{{ t }}>{% endmacro %}{{ m(b) }}", "<[<x>]>")]
    [InlineData("{{ ('\n' ~ b ~ '\nc') | indent(2) }}", "\n  [<x>]\n  c")]
    [InlineData("{% for l in a %}{{ l }}{% endfor %}{{ a[0] }}", "[ Hello  ]")]
    [InlineData("{% if b == '<x>' %}<x>{% endif %}", "<x>")]
    [InlineData("{{ b.partition('x')[0] ~ '|' ~ (a.rsplit('l', 1) | last) }}", "[<]|[o ]")]
    public void Given_PartsOfARendering_AreKept(string template, string expected)
    {
        var text = new JinjaTemplate(template).Render(new Dictionary<string, object?> { ["a"] = new JinjaText(" Hello ", isGiven: true), ["b"] = new JinjaText("<x>", isGiven: true) }, TimeProvider.System);
        var marked = text.Value;
        foreach (var span in text.Given.ToArray().Reverse()) marked = marked.Insert(span.End, "]").Insert(span.Start, "[");
        Assert.Equal(expected, marked);
    }
}

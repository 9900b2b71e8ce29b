using System.Text.Json;
using ModelServer.Constraints.JsonSchema;

namespace ModelServer.Tests.Constraints.JsonSchema;

/// <summary>Each keyword by texts that are accepted and texts that are not; what both sides of them are is what the standard says.</summary>
public class SchemaGrammarTests
{
    // Schema; accepted texts; refused texts: each list split by |.
    [Theory]
    [InlineData("true", """1|"a"|[]|{"a":[null]}""", "nul|{]|")]
    [InlineData("""{"type":"null"}""", "null", "0|false|\"null\"")]
    [InlineData("""{"type":"boolean"}""", "true|false", "True|1")]
    [InlineData("""{"type":["integer","null"]}""", "null|0|-12|123456789012345678", "1.0|1e2|01|-0|+1|1234567890123456789")]
    [InlineData("""{"type":"number"}""", "0|-1.5|2e3|1.25E-07|-0", ".5|1.|1e|1e123|NaN")]
    [InlineData("""{"type":"string"}""", """ ""|"a b"|"\n\\\/\"\u00e9é"|"\ud83d\ude00"|"😀" """, """a|"a|"\x"|"\ud83d"|"\ude00"|"\ud83d\u0041" """)]
    [InlineData("""{"enum":[1,"a",null,{"b":[2.50]},[]]}""", """1|"a"|null|{"b": [2.50]}|[]""", """2|{"b":[2.5]}|{}""")]
    [InlineData("""{"const":"é\"\n"}""", "\"é\\\"\\n\"", "\"\\u00e9\\\"\\n\"")]
    [InlineData("""{"type":"integer","enum":[1,2.0,2.5,"a"]}""", "1|2.0", "2.5|\"a\"")]
    // Integers.
    [InlineData("""{"type":"integer","minimum":7,"maximum":1234}""", "7|10|99|100|999|1000|1234", "6|1235|0|-7|07")]
    [InlineData("""{"type":"integer","exclusiveMinimum":-105,"exclusiveMaximum":3}""", "-104|-99|-1|0|2", "-105|3|-200|-0")]
    [InlineData("""{"type":"integer","minimum":-2.5,"maximum":2.5}""", "-2|0|2", "-3|3")]
    [InlineData("""{"type":"integer","minimum":1000000000000000000}""", "1000000000000000000|1999999999999999999", "999999999999999999")]
    [InlineData("""{"type":"integer","multipleOf":7,"minimum":-30}""", "0|7|-28|700007", "1|-35|8")]
    [InlineData("""{"type":"integer","multipleOf":1.5}""", "0|3|-6", "1|2|4")]
    [InlineData("""{"type":"integer","format":"int32"}""", "2147483647|-2147483648", "2147483648|-2147483649")]
    [InlineData("""{"type":"integer","format":"int64"}""", "999999999999999999", "9999999999999999999")]
    // Numbers.
    [InlineData("""{"type":"number","minimum":0.5,"maximum":10.25}""", "0.5|0.50|0.51|1|9.99|10|10.2|10.25|10.250", "0.4|0.49|10.26|10.3|11|0|-1|1e0")]
    [InlineData("""{"type":"number","exclusiveMinimum":0.5,"exclusiveMaximum":2}""", "0.51|0.500001|1.999|1", "0.5|0.50|2|2.0")]
    [InlineData("""{"type":"number","minimum":-1.5,"maximum":-0.25}""", "-1.5|-1|-0.25|-0.3", "-1.6|-0.2|0|-0.249|1")]
    [InlineData("""{"type":"number","minimum":-0.5,"maximum":0.5}""", "-0.5|0|0.0|0.5|-0.001", "-0.51|0.6|-0|-0.0")]
    [InlineData("""{"type":"number","minimum":1.25,"maximum":1.25}""", "1.25|1.250", "1|1.2|1.3")]
    [InlineData("""{"type":"number","exclusiveMinimum":0}""", "0.1|5|123456.5", "0|0.0|-1")]
    [InlineData("""{"type":"number","minimum":0,"maximum":1.7976931348623157e308}""", "0|1.5", "-1")]
    [InlineData("""{"type":"number","multipleOf":0.01}""", "0|1.5|-2.25", "1.234|1e3")]
    [InlineData("""{"type":"number","multipleOf":0.1,"minimum":1}""", "1|1.5|20.1", "0.9|1.55")]
    [InlineData("""{"type":"number","multipleOf":5}""", "0|-5|10", "1|2.5|10.0")]
    // Strings.
    [InlineData("""{"type":"string","minLength":2,"maxLength":3}""", """ "ab"|"abc"|"éé"|"😀😀😀"|"\u00e9\ud83d\ude00" """, """ "a"|"abcd"|"😀" """)]
    [InlineData("""{"type":"string","pattern":"^a\"b\\\\c\\n.$"}""", """ "a\"b\\c\nd" """, """ "a\"b\\c\u000ad"|"a\"b\\c\n\n" """)]
    [InlineData("""{"type":"string","pattern":"b"}""", """ "b"|"abc"|"\tb" """, """ "ac"|"" """)]
    [InlineData("""{"type":"string","pattern":"^a+$","minLength":2,"maxLength":4}""", """ "aa"|"aaaa" """, """ "a"|"aaaaa"|"ab" """)]
    [InlineData("""{"type":"string","format":"date","pattern":"^2"}""", "\"2024-02-29\"", "\"1999-01-01\"|\"2023-02-29\"")]
    [InlineData("""{"type":"string","format":"cuid2","pattern":"^[a-z]+$"}""", "\"abc\"", "\"A\"")]
    // Objects.
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"required":["b"],"additionalProperties":false}""",
        """{"b":1}|{"a":1,"b":2}|{ "a": 1, "b": 2 }""", """{}|{"a":1}|{"b":1,"a":2}|{"b":1,"c":1}|{"b":1,}|{"b":"1"}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{}},"additionalProperties":false}""", """{}|{"a":1}|{"b":1}|{"a":1,"b":1}""", """{"b":1,"a":1}|{,"b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}}}""", """{}|{"a":1}|{"b":"x"}|{"a":1,"b":[],"c":{}}|{"aa":1}|{"":1}""", """{"a":"x"}|{"b":1,"a":1}|{"\u0061":"x"}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"boolean"}}""", """{}|{"x":true,"y":false}""", """{"x":1}""")]
    [InlineData("""{"type":"object","required":["a","b"]}""", """{"a":1,"b":2}|{"a":1,"b":2,"c":3}""", """{"a":1}|{}""")]
    [InlineData("""{"type":"object","patternProperties":{"^s_":{"type":"string"},"_n$":{"type":"string","minLength":2}},"additionalProperties":false}""",
        """{"s_a":""}|{"x_n":"ab"}|{"s_n":"ab"}""", """{"s_n":"a"}|{"x":1}|{"s_a":1}""")]
    [InlineData("""{"type":"object","properties":{"s_a":{"minLength":3}},"patternProperties":{"^s_":{"type":"string"}}}""", """{"s_a":"abc"}|{"x":1}""", """{"s_a":"ab"}|{"s_b":1}""")]
    [InlineData("""{"type":"object","propertyNames":{"pattern":"^[a-z]{2}$"},"additionalProperties":{"type":"integer"}}""", """{"ab":1}""", """{"abc":1}|{"AB":1}""")]
    [InlineData("""{"type":"object","propertyNames":{"enum":["x","y"]}}""", """{"x":1}|{"y":[]}""", """{"z":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{},"b":{},"c":{}},"additionalProperties":false,"minProperties":2,"maxProperties":2}""", """{"a":1,"b":1}|{"b":1,"c":1}|{"a":1,"c":1}""", """{"a":1}|{}|{"a":1,"b":1,"c":1}""")]
    [InlineData("""{"type":"object","additionalProperties":true,"minProperties":1,"maxProperties":2}""", """{"x":1}|{"x":1,"y":1}""", """{}|{"x":1,"y":1,"z":1}""")]
    [InlineData("""{"properties":{"a":{}},"required":["a"]}""", """{"a":1}""", "1|{}")]
    // Arrays.
    [InlineData("""{"type":"array","items":{"type":"integer"},"minItems":1,"maxItems":3}""", "[1]|[1,2]|[ 1, 2, 3 ]", "[]|[1,2,3,4]|[\"a\"]|[1,]")]
    [InlineData("""{"type":"array"}""", """[]|[1,"a",[]]""", "[,]")]
    [InlineData("""{"type":"array","prefixItems":[{"type":"integer"},{"type":"string"}],"items":false}""", """[]|[1]|[1,"a"]""", """["a"]|[1,"a",2]""")]
    [InlineData("""{"type":"array","items":[{"type":"integer"},{"type":"string"}],"additionalItems":{"type":"null"},"minItems":2}""", """[1,"a"]|[1,"a",null,null]""", """[1]|[1,"a",2]""")]
    [InlineData("""{"type":"array","items":{"type":"integer"},"maxItems":0}""", "[]", "[1]")]
    [InlineData("""{"type":"array","uniqueItems":true,"maxItems":1}""", "[]|[1]", "[1,1]")]
    // Combinations.
    [InlineData("""{"anyOf":[{"type":"integer"},{"type":"string","maxLength":1}]}""", "1|\"a\"", "\"ab\"|null")]
    [InlineData("""{"type":"integer","anyOf":[{"minimum":10},{"maximum":-10}]}""", "10|-10", "0|9")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]},{"type":"object","properties":{"a":{"minimum":5},"b":{"type":"null"}}}]}""",
        """{"a":5}|{"a":7,"b":null}|{"a":5,"c":1}""", """{"a":4}|{"b":null}|{"a":5,"b":1}""")]
    [InlineData("""{"allOf":[{"type":"string","pattern":"a"},{"type":"string","pattern":"b","maxLength":2}]}""", "\"ab\"|\"ba\"", "\"a\"|\"b\"|\"abc\"")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"k":{"const":"x"},"n":{"type":"integer"}},"required":["k","n"]},{"type":"object","properties":{"k":{"const":"y"}},"required":["k"]}]}""",
        """{"k":"x","n":1}|{"k":"y"}""", """{"k":"x"}|{"k":"z"}""")]
    [InlineData("""{"oneOf":[{"type":"integer","maximum":0},{"type":"integer","minimum":1},{"type":"string"}]}""", "0|1|\"\"", "null")]
    [InlineData("""{"$ref":"#/$defs/a~1b","$defs":{"a/b":{"type":"integer"}}}""", "1", "\"1\"")]
    [InlineData("""{"$ref":"#/definitions/n","maximum":3,"definitions":{"n":{"type":"integer","minimum":1}}}""", "1|3", "0|4")]
    [InlineData("""{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}""",
        """{"v":1,"next":null}|{"v":1,"next":{"v":2,"next":null}}""", """{"v":1}|{"v":1,"next":{"v":2}}""")]
    [InlineData("""{"$ref":"#/$defs/e","$defs":{"e":{"oneOf":[{"type":"integer"},{"type":"object","properties":{"op":{"const":"+"},"l":{"$ref":"#/$defs/e"},"r":{"$ref":"#/$defs/e"}},"required":["op","l","r"],"additionalProperties":false}]}}}""",
        """1|{"op":"+","l":1,"r":{"op":"+","l":2,"r":3}}""", """{"op":"-","l":1,"r":1}|{"op":"+","l":1}""")]
    // Annotations and white space.
    [InlineData("""{"$schema":"x","$id":"y","title":"t","description":"d","default":3,"examples":[1],"deprecated":true,"readOnly":true,"x-order":[1],"$comment":"c","type":"integer"}""", "1", "a")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""", "{\n  \"a\": [\n    1,\n    2\n  ]\n}|{ }|{\"a\":[ 1, 2 ]}", "{  \"a\":[]}|{\"a\" :[]}|{\"a\":  []}|{\t}|{\n                     }| {}|{} |{\n\n}")]
    public void Texts_OfAKeyword_AreThoseItAllows(string schema, string accepted, string refused)
    {
        var grammar = SchemaGrammar.Of(JsonDocument.Parse(schema).RootElement);

        foreach (var text in Split(accepted)) Assert.True(GrammarRecogniser.Accepts(grammar, text), $"refused: {text}");
        foreach (var text in Split(refused)) Assert.False(GrammarRecogniser.Accepts(grammar, text), $"accepted: {text}");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"]}""", """{"a":1}""", """{"a":1,"b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{}},"additionalProperties":true}""", """{"a":1,"b":1}""", "[]")]
    [InlineData("""{"type":"object"}""", "{}", """{"a":1}""")]
    [InlineData("""{"allOf":[{"type":"object","properties":{"a":{}}},{"type":"object","properties":{"b":{}}}]}""", """{"a":1,"b":1}""", """{"c":1}""")]
    [InlineData("""{"type":"object","patternProperties":{"^a":{}}}""", """{"ab":1}""", """{"b":1}""")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", """{"a":{"b":1}}""", """{"b":1}""")]
    public void Texts_OfAStrictSchema_HaveNoNamesBesideIts(string schema, string accepted, string refused)
    {
        var grammar = SchemaGrammar.Of(JsonDocument.Parse(schema).RootElement, strict: true);

        Assert.True(GrammarRecogniser.Accepts(grammar, accepted));
        Assert.False(GrammarRecogniser.Accepts(grammar, refused));
    }

    [Fact]
    public void Format_OfAnyObject_IsAnObject()
    {
        var grammar = new JsonObjectFormat().ToGrammar();

        Assert.True(GrammarRecogniser.Accepts(grammar, """{"a": {"b": [1, {"c": null}]}}"""));
        Assert.False(GrammarRecogniser.Accepts(grammar, "[1]"));
    }

    /// <summary>A space beside a quote is there because of the quotes of the literal.</summary>
    private static IEnumerable<string> Split(string texts)
        => texts.Split('|').Select(t => t.StartsWith(" \"", StringComparison.Ordinal) ? t[1..] : t).Select(t => t.EndsWith("\" ", StringComparison.Ordinal) ? t[..^1] : t);
}

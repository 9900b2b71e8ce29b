using System.Diagnostics;
using System.Text.Json;
using ModelServer.Constraints.JsonSchema;
using ServiceDefaults.Errors;

namespace ModelServer.Tests.Constraints.JsonSchema;

public class RefusedSchemaTests
{
    [Theory]
    [InlineData("""{"not":{}}""", "#/not")]
    [InlineData("""{"properties":{"a":{"if":{},"then":{}}}}""", "#/properties/a/if")]
    [InlineData("""{"items":{"contains":{}}}""", "#/items/contains")]
    [InlineData("""{"type":"array","uniqueItems":true}""", "#/uniqueItems")]
    [InlineData("""{"dependentSchemas":{}}""", "#/dependentSchemas")]
    [InlineData("""{"dependentRequired":{}}""", "#/dependentRequired")]
    [InlineData("""{"unevaluatedProperties":false}""", "#/unevaluatedProperties")]
    [InlineData("""{"unevaluatedItems":false}""", "#/unevaluatedItems")]
    [InlineData("""{"$dynamicRef":"#a"}""", "#/$dynamicRef")]
    [InlineData("""{"type":"string","nullable":true}""", "#/nullable")]
    [InlineData("""{"type":"string","frobnicate":1}""", "#/frobnicate")]
    [InlineData("""{"$ref":"https://example.com/schema"}""", "#/$ref")]
    [InlineData("""{"type":"string","format":"iri"}""", "iri")]
    [InlineData("""{"type":"string","pattern":"a(?=b)"}""", "lookaround (?= at 1")]
    [InlineData("""{"type":"string","pattern":"(a)\\1"}""", "backreference")]
    [InlineData("""{"type":"string","pattern":"\\bword"}""", "\\b")]
    [InlineData("""{"type":"number","multipleOf":0.3}""", "#/multipleOf")]
    [InlineData("""{"type":"integer","multipleOf":123457}""", "multiples")]
    [InlineData("""{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "#/oneOf")]
    [InlineData("""{"oneOf":[{"type":"object","properties":{"a":{"const":1}}},{"type":"object","properties":{"a":{"const":2}}}]}""", "#/oneOf")]
    [InlineData("""{"type":"object","minProperties":2}""", "#")]
    public void Keyword_ThatCannotBeEnforced_IsRefusedByItsPath(string schema, string part) => Assert.Contains(part, Refuse(schema).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"type":"integer","minimum":3,"maximum":2}""", "between its bounds")]
    [InlineData("""{"type":"integer","exclusiveMinimum":2,"exclusiveMaximum":3}""", "between its bounds")]
    [InlineData("""{"type":"integer","minimum":8,"maximum":13,"multipleOf":7}""", "between its bounds")]
    [InlineData("""{"type":"string","minLength":3,"maxLength":2}""", "above maxLength")]
    [InlineData("""{"type":"string","minLength":3,"pattern":"^a$"}""", "no string")]
    [InlineData("""{"type":"array","minItems":3,"maxItems":2}""", "above maxItems")]
    [InlineData("""{"type":"string","enum":[1,2]}""", "#/enum")]
    [InlineData("""{"enum":[]}""", "#/enum")]
    [InlineData("""{"type":"object","required":["a"],"additionalProperties":false}""", "\"a\"")]
    [InlineData("false", "no value")]
    [InlineData("""{"allOf":[{"type":"integer"},{"type":"string"}]}""", "no value")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", "no value")]
    [InlineData("""{"type":"tuple"}""", "#/type")]
    [InlineData("""{"type":"integer","minimum":"1"}""", "#/minimum")]
    [InlineData("""{"properties":[]}""", "#/properties")]
    [InlineData("""{"properties":{"a":3}}""", "#/properties/a")]
    [InlineData("""{"required":true}""", "#/required")]
    [InlineData("""{"$ref":"#/$defs/missing"}""", "not there")]
    [InlineData("""{"type":"string","type":"integer"}""", "twice")]
    [InlineData("""{"const":"\ud800"}""", "surrogates")]
    [InlineData("[]", "true or false")]
    // Without a value between.
    [InlineData("""{"$ref":"#"}""", "itself")]
    [InlineData("""{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}}}""", "itself")]
    [InlineData("""{"anyOf":[{"type":"null"},{"$ref":"#"}]}""", "itself")]
    [InlineData("""{"type":"object","allOf":[{"$ref":"#"}]}""", "itself")]
    public void Schema_ThatContradictsItself_SaysWhere(string schema, string part) => Assert.Contains(part, Refuse(schema).Message, StringComparison.Ordinal);

    [Fact]
    public void Refusal_OfAField_NamesIt()
    {
        var refused = Assert.Throws<InvalidFieldException>(() => SchemaGrammar.Of(JsonDocument.Parse("""{"not":{}}""").RootElement, "guided_json"));

        Assert.Equal("guided_json", refused.Error.Param);
        Assert.StartsWith("guided_json: #/not", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Whatever it is, an answer comes soon: within less than a second where nothing else runs.</summary>
    [Fact]
    public void Schema_ThatIsHostile_IsSettledSoon()
    {
        var allOf = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"anyOf":[{"type":"object","properties":{"a{{i}}":{} } },{"type":"object","properties":{"b{{i}}":{} } }]}"""));
        var deep = string.Concat(Enumerable.Repeat("""{"type":"array","items":""", 500)) + "true" + new string('}', 500);
        var chain = string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""  "d{{i}}":{"anyOf":[{"$ref":"#/$defs/d{{i + 1}}"},{"$ref":"#/$defs/d{{i + 1}}"}]}"""));
        var names = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$""" "n{{i}}":{"type":"integer"}"""));
        var patterns = string.Join(',', Enumerable.Range(0, 40).Select(i => $$""" "{{(char)('a' + (i % 26))}}.{0,{{i}}}x":{"minimum":{{i}}}"""));
        string[] schemas =
        [
            $$"""{"allOf":[{{allOf}}]}""",
            deep,
            $$"""{"$ref":"#/$defs/d0","$defs":{ {{chain}},"d3000":{"type":"null"} } }""",
            $$"""{"type":"object","properties":{ {{names}} } }""",
            $$"""{"type":"object","properties":{ {{names}} },"minProperties":3,"maxProperties":15000}""",
            $$"""{"type":"object","patternProperties":{ {{patterns}} } }""",
            """{"type":"string","pattern":"^(?:(?:a{1,1000}){1,1000}){1,1000}$","maxLength":5}""",
            """{"type":"string","pattern":"^(?:.*a.{20})$","maxLength":100}""",
            """{"type":"string","pattern":"^(?:ab|c)*$","maxLength":100000000}""",
            $$"""{"type":"string","pattern":"{{new string('(', 5000)}}"}""",
            $$"""{"type":"string","pattern":"{{new string('a', 2_000_000)}}"}""",
            $$"""{"oneOf":[{"$ref":"#/$defs/d0"},{"$ref":"#/$defs/d1"}],"$defs":{ {{string.Join(',', Enumerable.Range(0, 10_000).Select(i => $$"""  "d{{i}}":{"type":"object","properties":{"a":{"$ref":"#/$defs/d{{i + 1}}"} },"required":["a"]}"""))}},"d10000":{} } }""",
            $$"""{"type":"object","properties":{ {{string.Join(',', Enumerable.Range(0, 40_000).Select(i => $$""" "n{{i}}":{}"""))}} },"minProperties":3}""",
            """{"type":"number","minimum":1e999999999}""",
            $$"""{"type":"number","minimum":{{new string('9', 100_000)}}}""",
            $$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 300_000))}}],"type":"integer"}""",
        ];
        foreach (var schema in schemas)
        {
            var watch = Stopwatch.StartNew();
            try
            {
                using var parsed = JsonDocument.Parse(schema, new() { MaxDepth = 2000 });
                SchemaGrammar.Of(parsed.RootElement);
            }
            catch (InvalidFieldException)
            {
            }

            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{watch.Elapsed}: {schema[..Math.Min(schema.Length, 100)]}");
        }
    }

    private static InvalidFieldException Refuse(string schema)
    {
        using var parsed = JsonDocument.Parse(schema);
        return Assert.Throws<InvalidFieldException>(() => SchemaGrammar.Of(parsed.RootElement));
    }
}

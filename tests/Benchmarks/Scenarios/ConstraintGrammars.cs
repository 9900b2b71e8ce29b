namespace Benchmarks.Scenarios;

/// <summary>Grammars in GBNF, each with a text of it.</summary>
/// <param name="Text">Whole.</param>
internal sealed record ConstraintGrammar(string Name, string Gbnf, string Text)
{
    private const string JsonText = """{"name": "Ann \u00e9 says hello to the world", "list": [1, 2.5e3, {"a": null}, true, "日本"], "deep": {"x": [[[]]]}}""";

    private const string Strings = """
        string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
        """;

    public static IReadOnlyList<ConstraintGrammar> All { get; } =
    [
        new(
            "json",
            $$"""
            root   ::= value
            value  ::= object | array | string | number | "true" | "false" | "null"
            object ::= "{" ws (string ws ":" ws value ws ("," ws string ws ":" ws value ws)*)? "}"
            array  ::= "[" ws (value ws ("," ws value ws)*)? "]"
            {{Strings}}
            number ::= "-"? ("0" | [1-9] [0-9]*) ("." [0-9]+)? ([eE] [-+]? [0-9]+)?
            ws     ::= [ \t\n]*
            """,
            JsonText),
        new(
            "record",
            $$"""
            root   ::= "{\"name\": " string ", \"age\": " number ", \"tags\": [" (tag (", " tag){0,9})? "], \"address\": " address "}"
            address ::= "{\"street\": " string ", \"city\": " string ("}" | ", \"zip\": \"" [0-9]{5} "\"}")
            tag    ::= "\"" ("red" | "green" | "blue" | "yellow") "\""
            {{Strings}}
            number ::= "0" | [1-9] [0-9]{0,2}
            """,
            """{"name": "Ann Smith", "age": 42, "tags": ["red", "blue"], "address": {"street": "Long Road 1", "city": "Zürich", "zip": "80010"}}"""),
        new("words", """root ::= ([a-z]{1,12} " "){1,200} "."?""", "once upon a time there was a little girl who "),
    ];

    /// <summary>Texts without an end, as strict as JSON.</summary>
    public static string Endless { get; } = $"root ::= \"[\" string (\", \" string)+ \"]\"\n{Strings}";
}

using System.Numerics;
using System.Text.Json;
using ModelServer.Constraints.Regex;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Reads the keywords of one schema that speak of one kind of value each.</summary>
internal sealed class SchemaKeywordReader(SchemaDocument document, JsonElement schema, string path, bool strict)
{
    private static readonly string[] NumberKeywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    private static readonly string[] StringKeywords = ["minLength", "maxLength", "pattern", "format"];
    private static readonly string[] ArrayKeywords = ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"];
    private static readonly string[] ObjectKeywords =
        ["properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties", "maxProperties"];

    private static readonly string[] Types = ["null", "boolean", "integer", "number", "string", "array", "object"];

    /// <summary>The shapes of the types that the schema names. Without a type they are those that its keywords speak of: a schema with <c>properties</c> means
    /// objects, although the standard lets everything else pass.</summary>
    /// <returns>Null where it speaks of none: any value.</returns>
    public List<Shape>? Shapes()
    {
        if (TypeNames() is not { } types)
        {
            types = [];
            if (Has(NumberKeywords)) types.Add("number");
            if (Has(StringKeywords)) types.Add("string");
            if (Has(ArrayKeywords)) types.Add("array");
            if (Has(ObjectKeywords)) types.Add("object");
            if (types.Count == 0) return null;
        }

        if (types.Contains("number")) types.Remove("integer");
        return [.. types.Distinct().SelectMany(Of)];
    }

    private IEnumerable<Shape> Of(string type) => type switch
    {
        "null" => [LiteralShape.Null],
        "boolean" => [LiteralShape.True, LiteralShape.False],
        "integer" => Numbers(isInteger: true),
        "number" => Numbers(isInteger: false),
        "string" => [Strings()],
        "array" => [Arrays()],
        _ => [new ObjectKeywordReader(document, schema, path, strict).Read()],
    };

    private List<string>? TypeNames()
    {
        if (!schema.TryGetProperty("type", out var type)) return null;
        JsonElement[] names = type.ValueKind == JsonValueKind.Array ? [.. type.EnumerateArray()] : [type];
        if (names.Length == 0 || names.Any(n => n.ValueKind != JsonValueKind.String || !Types.Contains(n.GetString())))
            throw document.Invalid($"{path}/type", $"must be one or several of {string.Join(", ", Types)}");
        return [.. names.Select(n => n.GetString()!)];
    }

    private NumberShape[] Numbers(bool isInteger)
    {
        var range = isInteger ? NumberRange.Integers : NumberRange.All;
        range = range.Meet(new(false, Bound("minimum", false), Bound("maximum", false))).Meet(new(false, Bound("exclusiveMinimum", true), Bound("exclusiveMaximum", true)));
        if (schema.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.String)
        {
            range = format.GetString() switch
            {
                "int32" => range.Meet(Bits(int.MinValue, int.MaxValue)),
                "int64" => range.Meet(Bits(long.MinValue, long.MaxValue)),
                _ => range,
            };
        }

        if (schema.TryGetProperty("multipleOf", out var multiple)) range = range.Meet(Multiple(multiple, range.IsInteger));
        return range.IsEmpty ? throw document.Invalid(path, "leaves no number between its bounds") : [new NumberShape(range)];

        static NumberRange Bits(long min, long max) => new(true, new((BigInteger)min, false), new((BigInteger)max, false));
    }

    private NumberRange Multiple(JsonElement multiple, bool isInteger)
    {
        if (multiple.ValueKind != JsonValueKind.Number || Exact(multiple, "multipleOf") is not { Mantissa.Sign: > 0 } of) throw document.Invalid($"{path}/multipleOf", "must be a number above 0");
        if (of.IsInteger) return new(true, null, null, Modulus: of.Mantissa);
        // Integers that are multiples of 1.5 are those of 3.
        if (isInteger) return new(true, null, null, Modulus: of.Mantissa / BigInteger.GreatestCommonDivisor(of.Mantissa, ExactNumber.Power(of.Scale)));
        return of.Mantissa.IsOne ? new(false, null, null, Decimals: of.Scale)
            : throw document.Unsupported($"{path}/multipleOf", "is supported for integers, and where it is 0.1, 0.01 and so on");
    }

    private NumberBound? Bound(string keyword, bool isExclusive)
    {
        if (!schema.TryGetProperty(keyword, out var value)) return null;
        return value.ValueKind == JsonValueKind.Number ? new(Exact(value, keyword), isExclusive) : throw document.Invalid($"{path}/{keyword}", "must be a number");
    }

    private ExactNumber Exact(JsonElement number, string keyword)
    {
        try
        {
            return ExactNumber.Of(number);
        }
        catch (NotSupportedException e)
        {
            throw document.Unsupported($"{path}/{keyword}", $"has {e.Message}");
        }
    }

    private StringShape Strings()
    {
        var (min, max) = Counts("minLength", "maxLength");
        var patterns = new List<Expression>();
        if (Text("pattern") is { } pattern) patterns.Add(Read("pattern", () => Containing(pattern)));
        if (Text("format") is { } format)
        {
            if (StringFormats.Pattern(format) is { } known) patterns.Add(RegexExpression.Whole(known));
            // What a pattern says beside it is enforced, and a format alone is an annotation.
            else if (patterns.Count == 0 && !StringFormats.IsIgnored(format)) throw document.Unsupported($"{path}/format", $"{format} is not supported");
        }

        var shape = new StringShape(patterns, min, max);
        // One alone needs no automaton to be seen to have texts.
        if (patterns.Count == 0 || (patterns.Count == 1 && min == 0 && max is null)) return shape;
        return Read("pattern", () => shape.Automaton(document.Budget)).IsEmpty ? throw document.Invalid(path, "leaves no string of its lengths, pattern and format") : shape;
    }

    private Expression Containing(string pattern)
    {
        document.Budget.Spend(pattern.Length);
        return RegexExpression.Containing(pattern);
    }

    private T Read<T>(string keyword, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (NotSupportedException e)
        {
            throw document.Unsupported($"{path}/{keyword}", $"cannot be enforced: {e.Message}");
        }
    }

    private ArrayShape Arrays()
    {
        var (min, max) = Counts("minItems", "maxItems");
        if (schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind != JsonValueKind.False && max is not (0 or 1))
            throw document.Unsupported($"{path}/uniqueItems", "is not supported: which items are there already cannot be known");
        var (prefixKeyword, itemsKeyword) = ("prefixItems", "items");
        // Before 2020-12 a list was called items, and what is behind it additionalItems.
        if (schema.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array) (prefixKeyword, itemsKeyword) = ("items", "additionalItems");
        List<SchemaNode> prefix = [];
        if (schema.TryGetProperty(prefixKeyword, out var list))
        {
            if (list.ValueKind != JsonValueKind.Array) throw document.Invalid($"{path}/{prefixKeyword}", "must be a list of schemas");
            prefix.AddRange(list.EnumerateArray().Select((item, i) => document.Node(item, $"{path}/{prefixKeyword}/{i}")));
        }

        var rest = schema.TryGetProperty(itemsKeyword, out var all) ? document.Node(all, $"{path}/{itemsKeyword}") : SchemaNode.Any;
        return new(prefix, rest, min, max);
    }

    private (int Min, int? Max) Counts(string minimum, string maximum) => Counts(document, schema, path, minimum, maximum);

    /// <summary>The bounds of a count.</summary>
    public static (int Min, int? Max) Counts(SchemaDocument document, JsonElement schema, string path, string minimum, string maximum)
    {
        var (min, max) = (Count(minimum) ?? 0, Count(maximum));
        return max < min ? throw document.Invalid(path, $"has {minimum} above {maximum}") : (min, max);

        int? Count(string keyword)
        {
            if (!schema.TryGetProperty(keyword, out var value)) return null;
            // 2.0 is an integer, too.
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var count) || count < 0 || count != Math.Floor(count)) throw document.Invalid($"{path}/{keyword}", "must be an integer from 0 on");
            return count <= int.MaxValue ? (int)count : keyword == minimum ? throw document.Unsupported($"{path}/{keyword}", "is too large") : null;
        }
    }

    private string? Text(string keyword)
        => !schema.TryGetProperty(keyword, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw document.Invalid($"{path}/{keyword}", "must be a string");

    private bool Has(string[] keywords) => Array.Exists(keywords, k => schema.TryGetProperty(k, out _));
}

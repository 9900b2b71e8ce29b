using System.Globalization;
using System.Numerics;

namespace ModelServer.Jinja;

/// <summary>How Python writes values: <c>str</c>, <c>repr</c>, names of types, numbers.</summary>
internal static class PythonText
{
    /// <summary><c>str(value)</c>, which is what an output writes.</summary>
    public static JinjaText Str(object? value) => value switch
    {
        JinjaText text => text,
        Undefined => JinjaText.Empty,
        _ => Repr(value),
    };

    public static JinjaText Repr(object? value)
    {
        var text = new JinjaTextBuilder();
        Append(text, value, depth: 0);
        return text.ToText();
    }

    private static void Append(JinjaTextBuilder text, object? value, int depth)
    {
        RenderBudget.Current.Step();
        RenderBudget.Current.CheckLength(text.Length);
        if (depth > 100) throw new JinjaException("maximum recursion depth exceeded while getting the repr of an object");
        switch (value)
        {
            case null: text.Append("None"); break;
            case bool truth: text.Append(truth ? "True" : "False"); break;
            case long number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case BigInteger number: text.Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: text.Append(Float(number)); break;
            case JinjaText quoted: text.Append(Quoted(quoted)); break;
            case Undefined: text.Append("Undefined"); break;
            case JinjaList { Kind: ListKind.Generator }: text.Append("<generator object>"); break;
            case JinjaList list:
                var (open, close) = list.Kind == ListKind.Tuple ? ("(", list.Items.Count == 1 ? ",)" : ")") : ("[", "]");
                text.Append(open);
                for (var i = 0; i < list.Items.Count; i++) Append(i > 0 ? text.Append(", ") : text, list.Items[i], depth + 1);
                text.Append(close);
                break;
            case JinjaDict dict:
                text.Append("{");
                for (var i = 0; i < dict.Items.Count; i++)
                {
                    Append(i > 0 ? text.Append(", ") : text, dict.Items[i].Key, depth + 1);
                    Append(text.Append(": "), dict.Items[i].Value, depth + 1);
                }

                text.Append("}");
                break;
            default: text.Append($"<{TypeName(value)}>"); break;
        }
    }

    /// <summary>A float as Python writes it: the shortest digits that read back as it, with a point or an exponent.</summary>
    public static string Float(double number)
    {
        if (double.IsNaN(number)) return "nan";
        if (double.IsInfinity(number)) return number > 0 ? "inf" : "-inf";
        // .NET finds the same shortest digits, and turns to exponents elsewhere.
        var parts = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture).Split('E');
        var (whole, fraction) = parts[0].Split('.') is [var a, var b] ? (a, b) : (parts[0], "");
        var digits = (whole + fraction).TrimStart('0');
        var point = whole.Length - (whole.Length + fraction.Length - digits.Length) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        digits = digits.TrimEnd('0');
        var sign = double.IsNegative(number) ? "-" : "";
        if (digits.Length == 0) return $"{sign}0.0";
        var exponent = point - 1;
        if (exponent is < -4 or >= 16) return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : "")}{digits[1..]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        if (point <= 0) return $"{sign}0.{new string('0', -point)}{digits}";
        return point >= digits.Length ? $"{sign}{digits}{new string('0', point - digits.Length)}.0" : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        Undefined => "Undefined",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        JinjaText => "str",
        JinjaList list => list.Kind switch { ListKind.List => "list", ListKind.Tuple => "tuple", _ => "generator" },
        JinjaDict => "dict",
        JinjaNamespace => "Namespace",
        LoopState => "LoopContext",
        Macro => "Macro",
        Callable => "function",
        _ => "object",
    };

    /// <summary>In the quotes that Python chooses: single ones, unless the text has those and no double ones.</summary>
    private static JinjaText Quoted(JinjaText text)
    {
        var quote = text.Value.Contains('\'', StringComparison.Ordinal) && !text.Value.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var quoted = new JinjaTextBuilder().Append(quote.ToString());
        var plain = 0;
        for (var i = 0; i < text.Value.Length; i++)
        {
            if (Escape(text.Value, i, quote) is not { } escape) continue;
            quoted.Append(text.Slice(plain, i - plain)).Append(escape);
            plain = i + 1;
        }

        return quoted.Append(text.Slice(plain)).Append(quote.ToString()).ToText();
    }

    private static string? Escape(string text, int place, char quote) => text[place] switch
    {
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        var letter when letter == quote => $"\\{quote}",
        var letter when letter is < ' ' or (>= '\x7f' and <= '\xa0') or '\xad' => $"\\x{(int)letter:x2}",
        var letter when char.IsSurrogate(letter) => null,
        var letter when CharUnicodeInfo.GetUnicodeCategory(letter) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned && letter != ' ' => $"\\u{(int)letter:x4}",
        _ => null,
    };
}

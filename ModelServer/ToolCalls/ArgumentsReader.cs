using System.Text;
using System.Text.Json;

namespace ModelServer.ToolCalls;

/// <summary>Reads the arguments of one call: an object, whose text is told as it comes, or a string that holds one, which some models write, or null for none.</summary>
internal sealed class ArgumentsReader
{
    public const string None = "{}";
    private readonly JsonScanner _scanner = new();
    private readonly StringBuilder _whole = new();
    private char _first;

    /// <param name="told">What became certain of the arguments' text.</param>
    public Scan Read(char c, StringBuilder told)
    {
        if (_first == 0 && IsSpace(c)) return Scan.On;
        if (_first == 0) _first = c;
        if (_first is not ('{' or '"' or 'n')) return Scan.Wrong;
        var scan = _scanner.Read(c);
        if (scan == Scan.Wrong) return scan;
        if (_first == '{')
        {
            told.Append(c);
            return scan;
        }

        _whole.Append(c);
        if (scan != Scan.End) return scan;
        if (_first == 'n') told.Append(None);
        else if (IsObject(JsonText.OfString(_whole.ToString())) is { } text) told.Append(text);
        else return Scan.Wrong;
        return scan;
    }

    public static bool IsSpace(char c) => c is ' ' or '\t' or '\n' or '\r';

    private static string? IsObject(string text)
    {
        if (text.AsSpan().Trim().IsEmpty) return None;
        try
        {
            using var parsed = JsonDocument.Parse(text);
            return parsed.RootElement.ValueKind == JsonValueKind.Object ? text : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal static class JsonText
{
    /// <summary>What a JSON string says that the scanner let pass; half a surrogate pair becomes U+FFFD.</summary>
    public static string OfString(string quoted)
    {
        if (!quoted.Contains('\\', StringComparison.Ordinal)) return quoted[1..^1];
        var text = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] != '\\')
            {
                text.Append(quoted[i]);
                continue;
            }

            var escape = quoted[++i];
            text.Append(escape switch
            {
                'b' => '\b',
                'f' => '\f',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'u' => (char)Convert.ToUInt16(quoted.Substring(i + 1, 4), 16),
                _ => escape,
            });
            if (escape == 'u') i += 4;
        }

        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.ToString()));
    }
}

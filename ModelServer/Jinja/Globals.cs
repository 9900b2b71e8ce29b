using System.Globalization;
using System.Text;

namespace ModelServer.Jinja;

/// <summary>What every template can call: Jinja's own functions, and those that transformers adds.</summary>
internal static class Globals
{
    private const int MaxRange = 100_000;

    public static readonly IReadOnlyDictionary<string, object?> All = new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["range"] = new Function(Range),
        ["dict"] = new Function((_, given) => Merge(new JinjaDict(), given)),
        ["namespace"] = new Function((_, given) => Space(given)),
        ["cycler"] = new Function((_, given) => Cycler(given)),
        ["joiner"] = new Function((_, given) => Joiner(given)),
        ["raise_exception"] = new Function((_, given) => throw new RaisedByTemplateException(PythonText.Str(given.Get(0, "message", JinjaText.Empty)).Value)),
        ["strftime_now"] = new Function((frame, given) => new JinjaText(StrfTime.Format(frame.Time.GetLocalNow(), PythonValues.ToText(given.Required(0, "format")).Value))),
    };

    private static object? Range(Frame frame, Arguments given)
    {
        var numbers = given.Positional.Select(PythonValues.ToLong).ToArray();
        var (start, stop, step) = numbers switch
        {
            [var end] => (0L, end, 1L),
            [var begin, var end] => (begin, end, 1L),
            [var begin, var end, not 0 and var stride] => (begin, end, stride),
            _ => throw new JinjaException("range takes one to three integers, the last of them not zero"),
        };
        var items = new List<object?>();
        for (var i = start; step > 0 ? i < stop : i > stop; i += step)
        {
            if (items.Count == MaxRange) throw new JinjaException($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxRange}).");
            frame.Budget.Step();
            items.Add(i);
        }

        return new JinjaList(items);
    }

    private static JinjaDict Merge(JinjaDict dict, Arguments given)
    {
        if (given.Get(0, "") is JinjaDict from)
            foreach (var (key, value) in from.Items) dict.Set(key, value);
        else if (given.Positional.Count > 0)
            foreach (var pair in PythonValues.Iterate(given.Positional[0]))
                if (PythonValues.Iterate(pair) is [var key, var value]) dict.Set(key, value);
        foreach (var (key, value) in given.Named) dict.Set(key, value);
        return dict;
    }

    private static JinjaNamespace Space(Arguments given)
    {
        var space = new JinjaNamespace();
        foreach (var (key, value) in Merge(new JinjaDict(), given).Items) space.Members[PythonText.Str(key).Value] = value;
        return space;
    }

    private static JinjaNamespace Cycler(Arguments given)
    {
        if (given.Positional.Count == 0) throw new JinjaException("at least one item has to be provided");
        var (space, place) = (new JinjaNamespace(), 0);
        space.Members["next"] = new Function((_, _) =>
        {
            var item = given.Positional[place];
            place = (place + 1) % given.Positional.Count;
            space.Members["current"] = given.Positional[place];
            return item;
        });
        space.Members["reset"] = new Function((_, _) =>
        {
            place = 0;
            space.Members["current"] = given.Positional[0];
            return null;
        });
        space.Members["current"] = given.Positional[0];
        return space;
    }

    private static Function Joiner(Arguments given)
    {
        var isUsed = false;
        return new((_, _) =>
        {
            var text = isUsed ? given.Get(0, "sep", new JinjaText(", ")) : JinjaText.Empty;
            isUsed = true;
            return text;
        });
    }
}

/// <summary>Dates as C's <c>strftime</c> writes them in the C locale.</summary>
internal static class StrfTime
{
    public static string Format(DateTimeOffset time, string format)
    {
        var text = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i == format.Length - 1)
            {
                text.Append(format[i]);
                continue;
            }

            var isBare = format[i + 1] == '-' && i + 2 < format.Length;
            i += isBare ? 2 : 1;
            var part = Part(time, format[i]);
            text.Append(isBare && part.Length > 1 ? part.TrimStart('0', ' ') is { Length: > 0 } rest ? rest : "0" : part);
        }

        return text.ToString();
    }

    private static string Part(DateTimeOffset time, char letter) => letter switch
    {
        'Y' => time.ToString("yyyy", CultureInfo.InvariantCulture),
        'y' => time.ToString("yy", CultureInfo.InvariantCulture),
        'm' => time.ToString("MM", CultureInfo.InvariantCulture),
        'd' => time.ToString("dd", CultureInfo.InvariantCulture),
        'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
        'H' => time.ToString("HH", CultureInfo.InvariantCulture),
        'I' => time.ToString("hh", CultureInfo.InvariantCulture),
        'M' => time.ToString("mm", CultureInfo.InvariantCulture),
        'S' => time.ToString("ss", CultureInfo.InvariantCulture),
        'f' => time.ToString("ffffff", CultureInfo.InvariantCulture),
        'p' => time.Hour < 12 ? "AM" : "PM",
        'A' => time.ToString("dddd", CultureInfo.InvariantCulture),
        'a' => time.ToString("ddd", CultureInfo.InvariantCulture),
        'B' => time.ToString("MMMM", CultureInfo.InvariantCulture),
        'b' or 'h' => time.ToString("MMM", CultureInfo.InvariantCulture),
        'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
        'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
        'V' => ISOWeek.GetWeekOfYear(time.DateTime).ToString("00", CultureInfo.InvariantCulture),
        'G' => ISOWeek.GetYear(time.DateTime).ToString(CultureInfo.InvariantCulture),
        'F' => time.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        'T' or 'X' => time.ToString("HH:mm:ss", CultureInfo.InvariantCulture),
        'R' => time.ToString("HH:mm", CultureInfo.InvariantCulture),
        'D' or 'x' => time.ToString("MM/dd/yy", CultureInfo.InvariantCulture),
        'c' => $"{time.ToString("ddd MMM", CultureInfo.InvariantCulture)} {time.Day,2} {time.ToString("HH:mm:ss yyyy", CultureInfo.InvariantCulture)}",
        's' => time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        'z' or 'Z' => "",
        'n' => "\n",
        't' => "\t",
        '%' => "%",
        _ => $"%{letter}",
    };
}

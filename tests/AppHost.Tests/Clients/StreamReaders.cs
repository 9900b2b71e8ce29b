using System.Text;
using System.Text.Json.Nodes;

namespace AppHost.Tests.Clients;

/// <summary>How clients read event streams: each takes a whole stream and gives the data of its events, or throws where the client ends with an error.</summary>
internal static class StreamReaders
{
    /// <summary>The HTML standard's, section 9.2.6, with nothing forgiven that only some readers forgive: the end of the stream within an event is an error, and so is
    /// an event of another type or with an id, which OpenAI's clients do not expect.</summary>
    public static string[] Standard(string text)
    {
        var (events, data) = (new List<string>(), (StringBuilder?)null);
        foreach (var line in Lines(text))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (field, value) = colon < 0 ? (line, "") : (line[..colon], line[(colon + 1)..]);
            if (value.StartsWith(' ')) value = value[1..];
            if (field == "data")
            {
                (data ??= new()).Append(value).Append('\n');
            }
            else if (line.Length == 0 && data is not null)
            {
                events.Add(data.ToString(0, data.Length - 1));
                data = null;
            }
            else if (line.Length > 0 && colon != 0)
            {
                throw new FormatException($"A field that nobody expects: {line}");
            }
        }

        return data is null ? [.. events] : throw new FormatException("The stream ended within an event.");
    }

    /// <summary>openai-go's before 3.43: any empty line ends an event, whose data must be JSON; [DONE] ends the stream and must come.</summary>
    public static string[] EarlyGo(string text)
    {
        var (events, data) = (new List<string>(), "");
        foreach (var line in Lines(text))
        {
            if (line.Length == 0)
            {
                if (data.StartsWith("[DONE]", StringComparison.Ordinal)) return [.. events];
                JsonNode.Parse(data);
                events.Add(data);
                data = "";
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                data += line["data:".Length..].TrimStart();
            }
        }

        throw new FormatException("There was no [DONE].");
    }

    /// <summary>As langchaingo reads: each line is an event of its own, and one that is neither empty nor data is an error.</summary>
    public static string[] LineByLine(string text) =>
    [
        .. Lines(text).Where(line => line.Length > 0)
            .Select(line => line.StartsWith("data:", StringComparison.Ordinal) ? line["data:".Length..].Trim() : throw new FormatException($"An unexpected line: {line}"))
            .TakeWhile(data => data != "[DONE]"),
    ];

    /// <summary>Each line without its end, a carriage return, a line feed or both; what is behind the last end is no line.</summary>
    private static string[] Lines(string text) => text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Split('\n')[..^1];
}

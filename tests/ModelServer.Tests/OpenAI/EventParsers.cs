using System.Text;
using System.Text.RegularExpressions;

namespace ModelServer.Tests.OpenAI;

/// <summary>Two ways to read server-sent events: by the standard, and as openai-go did up to 3.42, for which every empty line ends an event, and one without data
/// is broken.</summary>
internal static partial class EventParsers
{
    /// <summary>Both read the same events of a stream, down to its end.</summary>
    public static void AssertAgree(string stream)
    {
        var text = UsageLine().Replace(stream, "");
        // WHATWG HTML, section 9.2.6: an event without data is none.
        var events = Read(text, emptyIsNone: true);

        Assert.Equal(events, Read(text, emptyIsNone: false));
        Assert.Equal("[DONE]", events[^1]);
    }

    private static List<string> Read(string stream, bool emptyIsNone)
    {
        List<string> events = [];
        var data = new StringBuilder();
        foreach (var line in stream.Split('\n'))
        {
            if (line.StartsWith("data:", StringComparison.Ordinal)) data.Append(line["data:".Length..].TrimStart());
            if (line.Length > 0 || (emptyIsNone && data.Length == 0)) continue;
            events.Add(data.ToString());
            data.Clear();
            // What follows is read by nobody.
            if (events[^1] == "[DONE]") break;
        }

        return events;
    }

    /// <summary>By which the gateway is told what was used; it is not part of what clients read.</summary>
    [GeneratedRegex(": usage [^\n]*\n\n")]
    private static partial Regex UsageLine();
}

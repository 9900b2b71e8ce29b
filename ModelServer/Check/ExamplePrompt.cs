using System.Text;
using System.Text.Json;
using ModelServer.ChatTemplates;
using ModelServer.Requests;

namespace ModelServer.Check;

/// <summary>What a model's chat template makes of a small conversation, to be read by people.</summary>
internal static class ExamplePrompt
{
    private const int MaxLength = 4000;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private static readonly ToolDefinition Weather = new("get_weather", "The weather of a city.", null, IsStrict: false, JsonDocument.Parse(
        """{"type":"function","function":{"name":"get_weather","description":"The weather of a city.","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}""").RootElement);

    public static string Chat(ChatTemplate template) => Show(template, new([new("system", "You are helpful."), new("user", "Hello!"), new("assistant", "Hi."), new("user", "How are you?")]));

    /// <summary>With a tool, its call and what it answered; null where the template knows no tools.</summary>
    public static string? ToolCall(ChatTemplate template) => !template.KnowsTools
        ? null
        : Show(template, new(
        [
            new("user", "Is it raining in Paris?"),
            new("assistant", null) { ToolCalls = [new("call00001", "get_weather", """{"city": "Paris"}""")] },
            new("tool", "rain") { ToolCallId = "call00001", Name = "get_weather" },
        ])
        { Tools = [Weather] });

    /// <summary>Without what could do something to a terminal, line breaks as <c>\n</c>, and cut where it is long.</summary>
    private static string Show(ChatTemplate template, Conversation conversation)
    {
        try
        {
            using var timeout = new CancellationTokenSource(Longest);
            var text = ((TextInput)template.Render(conversation, timeout.Token).Input).Text;
            var shown = new StringBuilder();
            foreach (var letter in text.Length <= MaxLength ? text : text[..MaxLength]) shown.Append(Escape(letter) ?? letter.ToString());
            return text.Length <= MaxLength ? shown.ToString() : $"{shown}… ({text.Length} characters)";
        }
        catch (InvalidFieldException e)
        {
            return e.Message;
        }
        catch (OperationCanceledException)
        {
            return $"It takes more than {Longest.TotalSeconds} s.";
        }
    }

    private static string? Escape(char letter) => letter switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\\' => "\\\\",
        _ when char.IsControl(letter) || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator
            => $"\\u{(int)letter:x4}",
        _ => null,
    };
}

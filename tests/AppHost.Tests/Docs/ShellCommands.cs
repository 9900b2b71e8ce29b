using System.Text;

namespace AppHost.Tests.Docs;

/// <summary>The commands of a block for a shell: lines put together that belong together, comments left out.</summary>
internal static class ShellCommands
{
    public static IReadOnlyList<string> Of(string text)
    {
        List<string> commands = [];
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var command = lines[i];
            while (i + 1 < lines.Length && (command.EndsWith('\\') || IsQuoted(command))) command = command.EndsWith('\\') ? $"{command[..^1].TrimEnd()} {lines[++i].TrimStart()}" : $"{command}\n{lines[++i]}";
            if (HereDocument(command) is { } end)
            {
                while (i + 1 < lines.Length && lines[++i].Trim() != end) command += '\n' + lines[i];
            }

            if (WithoutComment(command).Trim() is { Length: > 0 } plain) commands.Add(plain);
        }

        return commands;
    }

    /// <summary>Whether a quotation mark is open at the end.</summary>
    private static bool IsQuoted(string text) => Quotes(WithoutComment(text)) is not '\0';

    private static char Quotes(string text)
    {
        var open = '\0';
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && open != '\'') i++;
            else if (open == text[i]) open = '\0';
            else if (open == '\0' && text[i] is '\'' or '"') open = text[i];
        }

        return open;
    }

    private static string WithoutComment(string text)
    {
        var plain = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '#' && (i == 0 || char.IsWhiteSpace(text[i - 1])) && Quotes(plain.ToString()) == '\0') break;
            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    private static string? HereDocument(string command)
    {
        var at = command.IndexOf("<<", StringComparison.Ordinal);
        return at < 0 || command.Contains("<<<", StringComparison.Ordinal) ? null : command[(at + 2)..].TrimStart('-', ' ').Split([' ', '\n', '>', '|'])[0].Trim('\'', '"');
    }
}

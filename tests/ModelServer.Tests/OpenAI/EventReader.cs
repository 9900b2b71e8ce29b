namespace ModelServer.Tests.OpenAI;

/// <summary>Reads server-sent events as they come.</summary>
internal sealed class EventReader(Stream stream)
{
    private readonly StreamReader _lines = new(stream);

    /// <summary>The comment lines met so far.</summary>
    public List<string> Comments { get; } = [];

    /// <summary>The next event's data, or null at the end.</summary>
    public async Task<string?> NextAsync()
    {
        while (await _lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(": ", StringComparison.Ordinal)) Comments.Add(line[2..]);
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) return line["data: ".Length..];
            else Assert.Empty(line);
        }

        return null;
    }

    public async Task<List<string>> ReadToEndAsync()
    {
        List<string> data = [];
        while (await NextAsync() is { } next) data.Add(next);
        return data;
    }
}

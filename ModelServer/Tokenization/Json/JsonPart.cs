using System.Text.Json;

namespace ModelServer.Tokenization.Json;

/// <summary>A value of a JSON file that knows where it stands, so that what is wrong with it can be said.</summary>
/// <param name="Value">The value.</param>
/// <param name="Path">The file's name and the names of the members that lead to the value.</param>
internal readonly record struct JsonPart(JsonElement Value, string Path)
{
    /// <summary>Beyond any known tokenizer; in bytes.</summary>
    public const long MaxFileSize = 256L << 20;

    private const int LongestMessage = 200;

    /// <exception cref="InvalidTokenizerException">The file is too large, not JSON, nested too deep, or repeats a key.</exception>
    public static JsonPart Read(string file)
    {
        var name = System.IO.Path.GetFileName(file);
        if (new FileInfo(file).Length > MaxFileSize) throw new InvalidTokenizerException($"{name} is larger than {MaxFileSize >> 20} MiB");
        try
        {
            // Not disposed: the parts are read as long as they are wanted, and a copy of a large file costs as much as reading it.
            var document = JsonDocument.Parse(File.ReadAllBytes(file), new() { MaxDepth = 64, AllowDuplicateProperties = false });
            return new JsonPart(document.RootElement, name).Is(JsonValueKind.Object);
        }
        catch (JsonException e)
        {
            // Its own message may hold the rest of the file.
            var message = e.Message.Length <= LongestMessage && !e.Message.Contains('\n') ? $": {e.Message}" : "";
            throw new InvalidTokenizerException($"{name} is not valid in line {e.LineNumber + 1}{message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Names that are not well-formed text are found out while looking for duplicates.
            throw new InvalidTokenizerException($"{name} is not valid: {e.Message}", e);
        }
    }

    /// <summary>The member of this name, or null where it is absent or null.</summary>
    public JsonPart? Find(string name) =>
        Is(JsonValueKind.Object).Value.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonPart(value, $"{Path}.{name}")
            : null;

    public JsonPart Member(string name) => Find(name) ?? throw new InvalidTokenizerException($"{Path} lacks '{name}'");

    public JsonPart? FindObject(string name) => Find(name)?.Is(JsonValueKind.Object);

    /// <summary>The name of a part's kind.</summary>
    public string Type => Member("type").Text;

    public string Text => Is(JsonValueKind.String).String();

    public bool Flag => Value.ValueKind is JsonValueKind.True or JsonValueKind.False ? Value.GetBoolean() : throw Wrong("true or false");

    public int Number => Value.ValueKind == JsonValueKind.Number && Value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Wrong($"a whole number from 0 to {int.MaxValue}");

    public IEnumerable<JsonPart> Items
    {
        get
        {
            var path = Path;
            return Is(JsonValueKind.Array).Value.EnumerateArray().Select((item, i) => new JsonPart(item, $"{path}[{i}]"));
        }
    }

    public IEnumerable<(string Name, JsonPart Value)> Members
    {
        get
        {
            var path = Path;
            return Is(JsonValueKind.Object).Value.EnumerateObject().Select(p =>
            {
                var name = NameOf(p, path);
                return (name, new JsonPart(p.Value, $"{path}.{name}"));
            });
        }
    }

    public bool FlagOr(string name, bool otherwise) => Find(name)?.Flag ?? otherwise;

    public JsonPart Is(JsonValueKind kind) => Value.ValueKind == kind ? this : throw Wrong(kind.ToString().ToLowerInvariant());

    public InvalidTokenizerException Wrong(string expected) =>
        Invalid($" is {Value.ValueKind.ToString().ToLowerInvariant()}; it must be {expected}");

    public InvalidTokenizerException Invalid(string message) => new(Path + message);

    public UnsupportedTokenizerException Unsupported(string part, string? type = null) =>
        new($"{part} type '{type ?? Type}' is not supported yet ({Path})");

    private static string NameOf(JsonProperty member, string path)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidTokenizerException($"{path} has a name that is not well-formed text", e);
        }
    }

    private string String()
    {
        try
        {
            return Value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidTokenizerException($"{Path} is not well-formed text", e);
        }
    }
}

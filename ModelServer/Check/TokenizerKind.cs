using System.Text.Json;

namespace ModelServer.Check;

/// <summary>The kind of a tokenizer and the file that tells it, also of one that is not served.</summary>
internal static class TokenizerKind
{
    /// <param name="find">The path of a file by its name, or null when there is none.</param>
    public static string? Of(Func<string, string?> find)
    {
        if (find("tokenizer.json") is { } file) return $"{Type(file) ?? "unknown"} (tokenizer.json)";
        if (find("vocab.txt") is not null) return "WordPiece (vocab.txt)";
        return find("vocab.json") is not null && find("merges.txt") is not null ? "BPE (vocab.json, merges.txt)" : null;
    }

    /// <summary>Files of the first releases do not name it.</summary>
    private static string? Type(string file)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            if (!json.RootElement.TryGetProperty("model", out var model)) return null;
            if (model.TryGetProperty("type", out var type)) return type.GetString();
            if (model.TryGetProperty("merges", out _)) return "BPE";
            return model.TryGetProperty("vocab", out var vocabulary) && vocabulary.ValueKind == JsonValueKind.Array ? "Unigram" : "WordPiece";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

using System.Text.Json;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.Models;

namespace ModelServer.Tokenization.Files;

/// <summary>Makes the "BPE" model.</summary>
internal static class TokenizerMerges
{
    public static BpeModel Model(JsonPart part, Vocabulary vocabulary)
    {
        if (part.Find("dropout")?.Value is { } dropout && !(dropout.ValueKind == JsonValueKind.Number && dropout.GetDouble() == 0))
        {
            throw new UnsupportedTokenizerException($"dropout is not supported yet ({part.Path})");
        }

        var settings = new BpeSettings(
            part.Find("unk_token") is { } token ? TokenizerParts.Known(token, vocabulary) : null,
            part.FlagOr("fuse_unk", false),
            part.FlagOr("byte_fallback", false),
            part.FlagOr("ignore_merges", false),
            part.Find("continuing_subword_prefix")?.Text ?? "",
            part.Find("end_of_word_suffix")?.Text ?? "");
        var merges = part.Member("merges").Is(JsonValueKind.Array);
        return new(vocabulary, [.. merges.Value.EnumerateArray().Select((m, i) => Read(new(m, $"{merges.Path}[{i}]"), settings, vocabulary))], settings);
    }

    /// <summary>The merges of a merges.txt: "a b" on each line.</summary>
    public static BpeModel Model(Vocabulary vocabulary, IEnumerable<string> lines, BpeSettings settings) => new(
        vocabulary,
        [.. lines.Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).Select((l, i) => Parse(l, settings, vocabulary, $"merges.txt: merge {i + 1}"))],
        settings);

    private static Merge Read(JsonPart part, BpeSettings settings, Vocabulary vocabulary)
    {
        if (part.Value.ValueKind == JsonValueKind.String) return Parse(part.Text, settings, vocabulary, part.Path);
        JsonPart[] both = [.. part.Items];
        return both.Length == 2 ? Of(both[0].Text, both[1].Text, settings, vocabulary, part.Path) : throw part.Invalid(" must be two tokens");
    }

    private static Merge Parse(string line, BpeSettings settings, Vocabulary vocabulary, string path) => line.Split(' ') is [var left, var right]
        ? Of(left, right, settings, vocabulary, path)
        : throw new InvalidTokenizerException($"{path} '{line}' is not two tokens with a space between them");

    private static Merge Of(string left, string right, BpeSettings settings, Vocabulary vocabulary, string path)
    {
        // A token that continues a word loses its prefix within another.
        var rest = right.Length >= settings.Prefix.Length ? right.AsSpan(settings.Prefix.Length) : "";
        return new(Known(left), Known(right), Known($"{left}{rest}"));

        int Known(string token) => vocabulary.IdOf(token) ?? throw new InvalidTokenizerException($"{path}: '{token}' is not in the vocabulary");
    }
}

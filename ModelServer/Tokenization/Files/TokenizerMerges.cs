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
        if (settings is { ByteFallback: true } and not { Prefix: "", Suffix: "" }) throw new UnsupportedTokenizerException($"byte_fallback with a prefix or a suffix is not supported yet ({part.Path})");
        var merges = part.Member("merges").Is(JsonValueKind.Array);
        return new(vocabulary, [.. merges.Value.EnumerateArray().Select((m, i) => Read(m, merges, i, settings, vocabulary))], settings);
    }

    /// <summary>The merges of a merges.txt: "a b" on each line.</summary>
    public static BpeModel Model(Vocabulary vocabulary, IEnumerable<string> lines, BpeSettings settings) => new(
        vocabulary,
        [.. lines.Where(l => l.Length > 0 && !l.StartsWith("#version", StringComparison.Ordinal)).Select((l, i) => Parse(l, settings, vocabulary, $"merges.txt: merge {i + 1}"))],
        settings);

    private static Merge Read(JsonElement merge, JsonPart merges, int index, BpeSettings settings, Vocabulary vocabulary)
    {
        return (settings.Prefix.Length == 0 ? Usual(merge, vocabulary) : null) ?? Read(new(merge, $"{merges.Path}[{index}]"), settings, vocabulary);
    }

    /// <summary>A merge in one of its usual forms, without a path, which would cost more than the merge; null where more has to be said.</summary>
    private static Merge? Usual(JsonElement merge, Vocabulary vocabulary)
    {
        try
        {
            if (merge.ValueKind == JsonValueKind.String && merge.GetString() is { } line && line.IndexOf(' ') is > 0 and var space && line.IndexOf(' ', space + 1) < 0)
            {
                return Known(line.AsSpan(0, space), line.AsSpan(space + 1), vocabulary);
            }

            return merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String
                ? Known(merge[0].GetString(), merge[1].GetString(), vocabulary)
                : null;
        }
        catch (InvalidOperationException)
        {
            // Text that is not well formed.
            return null;
        }
    }

    private static Merge? Known(ReadOnlySpan<char> left, ReadOnlySpan<char> right, Vocabulary vocabulary)
    {
        Span<char> both = stackalloc char[64];
        if (left.Length + right.Length > both.Length) return null;
        left.CopyTo(both);
        right.CopyTo(both[left.Length..]);
        return vocabulary.IdOf(left) is { } l && vocabulary.IdOf(right) is { } r && vocabulary.IdOf(both[..(left.Length + right.Length)]) is { } result ? new(l, r, result) : null;
    }

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

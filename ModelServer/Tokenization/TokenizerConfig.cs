using System.Text.Json;
using ModelServer.Tokenization.Json;
using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.Tokenization;

/// <summary>What of tokenizer_config.json (and special_tokens_map.json) matters beyond the tokenizer itself.</summary>
/// <param name="ModelMaxLength">The most tokens the model takes; null where the file says "any".</param>
/// <param name="CleanUpSpaces">Whether decoded text should have its spaces cleaned up.</param>
/// <param name="TruncationSide">Which end goes when texts are truncated.</param>
/// <param name="Roles">Contents of tokens by role: "cls_token", "mask_token", "pad_token", …</param>
internal sealed record TokenizerConfig(
    int? ModelMaxLength, bool CleanUpSpaces, TruncationSide TruncationSide, IReadOnlyDictionary<string, string> Roles)
{
    /// <summary>Whether padding stands before the text; null where the file does not say.</summary>
    public bool? PadsLeft { get; private init; }

    public string? Role(string role) => Roles.GetValueOrDefault(role);

    public static TokenizerConfig Read(JsonPart? config, JsonPart? specialTokensMap)
    {
        var roles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in new[] { specialTokensMap, config })
        {
            foreach (var (name, value) in file?.Members ?? [])
            {
                if (!name.EndsWith("_token", StringComparison.Ordinal)) continue;
                if (value.Value.ValueKind == JsonValueKind.String) roles[name] = value.Text;
                else if (value.Value.ValueKind == JsonValueKind.Object) roles[name] = value.Member("content").Text;
            }
        }

        // "Any length" is written as a number beyond all bounds, such as 1e30.
        int? longest = config?.Find("model_max_length")?.Value is { ValueKind: JsonValueKind.Number } n && n.TryGetInt32(out var length)
            ? length
            : null;
        var side = config?.Find("truncation_side")?.Text == "left" ? TruncationSide.Left : TruncationSide.Right;
        return new(longest > 0 ? longest : null, config?.FlagOr("clean_up_tokenization_spaces", false) ?? false, side, roles)
        {
            PadsLeft = config?.Find("padding_side")?.Text is { } padding ? padding == "left" : null,
        };
    }
}

using ModelServer.Tokenization.PostProcessing;

namespace ModelServer.HuggingFace;

/// <summary>What <c>truncation_direction</c> means to a tokenizer.</summary>
internal static class Truncations
{
    /// <summary>Which end gives way; null, the tokenizer's own choice, where the request does not say.</summary>
    public static TruncationSide? Side(string? direction) => direction switch
    {
        "left" or "Left" => TruncationSide.Left,
        "right" or "Right" => TruncationSide.Right,
        _ => null,
    };

    public static FieldError? Validate(string? direction)
        => direction is null || Side(direction) is not null ? null : new("truncation_direction", "truncation_direction must be left or right.");
}

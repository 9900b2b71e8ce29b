using System.Text.Json.Serialization;

namespace ModelServer.Check;

/// <summary>What would become of a folder. Whatever could not be learnt is null or empty.</summary>
internal sealed record CheckReport
{
    /// <summary>As it was asked for, or the version inside that was checked.</summary>
    public required string Folder { get; init; }

    public bool IsServed { get; init; }

    /// <summary>Why it would not be served.</summary>
    public string? Reason { get; init; }

    /// <summary>The engine's own words behind the reason.</summary>
    public string? Detail { get; init; }

    /// <summary>Sentences that say how it would be served.</summary>
    public IReadOnlyList<string> Advice { get; init; } = [];

    public string? Task { get; init; }

    public string? Architecture { get; init; }

    public string? Variant { get; init; }

    /// <summary>From the folder.</summary>
    public string? Graph { get; init; }

    /// <summary>Of the graph with the files that its weights are in.</summary>
    public long? GraphBytes { get; init; }

    public IReadOnlyList<GraphValue> Inputs { get; init; } = [];

    public IReadOnlyList<GraphValue> Outputs { get; init; } = [];

    public string? Tokenizer { get; init; }

    public int? VocabularySize { get; init; }

    public int? MaxTokens { get; init; }

    public IReadOnlyList<string> Labels { get; init; } = [];

    public string? Pooling { get; init; }

    public bool? IsNormalized { get; init; }

    public int? Dimensions { get; init; }

    /// <summary>Whether conversations are taken.</summary>
    public bool? HasChat { get; init; }

    /// <summary>The prompt that its chat template makes of a small conversation, or why it makes none; special characters escaped, and cut where it is long.</summary>
    public string? ChatExample { get; init; }

    /// <summary>The same for a conversation with a tool; null where the template knows none.</summary>
    public string? ToolExample { get; init; }

    /// <summary>The form in which it calls tools, <c>none</c> where none is known.</summary>
    public string? ToolCalls { get; init; }

    /// <summary>Whether it thinks before it answers.</summary>
    public bool? Thinks { get; init; }

    /// <summary>What each replica reserves for it.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Cases with known answers that it gave.</summary>
    public int? GoldenCases { get; init; }

    /// <summary>How far a number may be off; null where cases are texts.</summary>
    public double? GoldenTolerance { get; init; }

    public double? LoadSeconds { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>An input or output of a graph.</summary>
/// <param name="Shape">A number, a name or <c>?</c> for each dimension.</param>
internal sealed record GraphValue(string Name, string Type, IReadOnlyList<string> Shape);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CheckReport))]
internal sealed partial class CheckJson : JsonSerializerContext;

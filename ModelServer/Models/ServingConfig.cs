using System.Text.Json.Serialization;

namespace ModelServer.Models;

/// <summary>The optional <c>serving.json</c> of a version; its schema is described in <c>models/README.md</c>. Unknown keys are refused.</summary>
internal sealed class ServingConfig
{
    /// <summary>Overrides the task told by <c>config.json</c>.</summary>
    public string? Task { get; set; }

    /// <summary>Which weights: <c>fp32</c> is <c>model.onnx</c>, any other is <c>model_&lt;variant&gt;.onnx</c>.</summary>
    public string Variant { get; set; } = "fp32";

    /// <summary>Overrides the labels of <c>config.json</c>, by output index.</summary>
    public string[]? Labels { get; set; }

    /// <summary>Longest input in tokens, special tokens included; never above what the graph has positions for.</summary>
    public int? MaxTokens { get; set; }

    /// <summary>Inputs with known answers, run before the version may serve.</summary>
    public GoldenCase[] Golden { get; set; } = [];

    /// <summary>By variant, how far a score may be from its golden value; 1e-4 where none is named.</summary>
    public Dictionary<string, double> GoldenTolerance { get; set; } = [];

    public static ServingConfig Read(ModelFolder folder)
    {
        var config = folder.Find("serving.json") is { } path ? ModelJson.Read(path, ServingJson.Default.ServingConfig) : new();
        if (!ModelNames.IsName(config.Variant)) throw new ModelLoadException("serving.json: variant must match [A-Za-z0-9][A-Za-z0-9._-]{0,63}.");
        if (config.MaxTokens is < 1) throw new ModelLoadException("serving.json: maxTokens must be at least 1.");
        if (config.Task is { } task && !ModelTask.All.Contains(task))
            throw new ModelLoadException($"serving.json: task '{task}' is not one of {string.Join(", ", ModelTask.All)}.");
        return config;
    }
}

/// <summary>A sentence of known outcome: its best label and that label's score.</summary>
internal sealed record GoldenCase
{
    public required string Text { get; init; }

    public required string Label { get; init; }

    public required double Score { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    ReadCommentHandling = System.Text.Json.JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ServingConfig))]
internal sealed partial class ServingJson : JsonSerializerContext;

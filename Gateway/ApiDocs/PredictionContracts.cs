using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Gateway.ApiDocs;

/// <summary>The bodies of the prediction routes, for the API document alone: the model servers read and write them.</summary>
public sealed record PredictRequest(
    [property: Description("The text to classify."), Required, MinLength(1)] string Text,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("Tokens to keep; the default and the most is the model's own maximum."), Range(3, int.MaxValue)] int? MaxLength = null);

public sealed record PredictResponse(
    [property: Description("The best label.")] string Label,
    [property: Description("Its probability, 0 to 1.")] double Score,
    [property: Description("The model that answered.")] string Model,
    [property: Description("Its version.")] string ModelVersion,
    [property: Description("Seconds in the model server.")] double ProcessingTime,
    [property: Description("Whether the answer was remembered rather than computed.")] bool FromCache);

public sealed record ClassifyRequest(
    [property: Description("One text, a list of texts, or a list of [text, pair] lists.")] TextInput Input,
    [property: Description("name or name:version; without it the default model of the task.")] string? Model = null,
    [property: Description("How many labels for each input, best first; without it all."), Range(1, int.MaxValue)] int? TopK = null,
    [property: Description("Whether texts beyond the model's maximum are cut instead of refused.")] bool Truncate = false);

public sealed record ClassifyResponse(string Model, string ModelVersion, Classification[] Results, Usage Usage);

public sealed record Classification(LabelScore[] Labels);

public sealed record LabelScore(string Label, double Score);

public sealed record Usage(
    [property: Description("Tokens read.")] int PromptTokens,
    [property: Description("Tokens read and written.")] int TotalTokens);

/// <summary>Stands for <c>string | string[] | string[][]</c>, which no single type describes.</summary>
public sealed record TextInput;

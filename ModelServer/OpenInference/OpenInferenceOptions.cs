using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.OpenInference;

/// <summary>Limits of the routes of the Open Inference Protocol.</summary>
internal sealed class OpenInferenceOptions
{
    public const string SectionName = "OpenInference";

    /// <summary>Largest body of an inference, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Largest body of a repository's index, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long IndexBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Most bytes that the outputs of one request may have together, before they become JSON.</summary>
    [Range(1024, 1 << 30)]
    public long OutputBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Most rows of tensors in one request.</summary>
    [Range(1, 1 << 20)]
    public int MaxRows { get; set; } = 16_384;

    /// <summary>Most elements of an input whose graph cannot be run in parts, since its first axes are not one: what a run takes grows with them.</summary>
    [Range(1, 1 << 28)]
    public int MaxElements { get; set; } = 8192;

    /// <summary>Most texts in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxTexts { get; set; } = 1024;
}

[OptionsValidator]
internal sealed partial class OpenInferenceOptionsValidator : IValidateOptions<OpenInferenceOptions>;

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Classify;

/// <summary>Limits of the classification routes.</summary>
internal sealed class ClassifyOptions
{
    public const string SectionName = "Classify";

    /// <summary>Most inputs in one request.</summary>
    [Range(1, 1 << 16)]
    public int MaxInputs { get; set; } = 1024;

    /// <summary>Largest body of <c>/predict</c>, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long PredictBodyBytes { get; set; } = 200 * 1024;

    /// <summary>Largest body of <c>/v1/classify</c>, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long ClassifyBodyBytes { get; set; } = 4 * 1024 * 1024;
}

[OptionsValidator]
internal sealed partial class ClassifyOptionsValidator : IValidateOptions<ClassifyOptions>;

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Generation;

/// <summary>What is generated where a request does not say.</summary>
internal sealed class GenerationOptions
{
    public const string SectionName = "Generate";

    /// <summary>Whose defaults of temperature, cuts, repetition penalty and length a request gets that leaves them out: those of the <c>model</c>'s own
    /// <c>generation_config.json</c> or <c>genai_config.json</c> before the platform's, or those of the <c>platform</c> alone, the same for every model.</summary>
    [EnumDataType(typeof(DefaultsSource))]
    public DefaultsSource Defaults { get; set; } = DefaultsSource.Model;
}

internal enum DefaultsSource
{
    Model,
    Platform,
}

[OptionsValidator]
internal sealed partial class GenerationOptionsValidator : IValidateOptions<GenerationOptions>;

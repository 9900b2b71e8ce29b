using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Generate;

/// <summary>How much of the machine text generation takes, for each model that does it.</summary>
internal sealed class GenerateOptions
{
    public const string SectionName = "Generate";

    /// <summary>Sequences that are generated at the same time. Each costs key and value memory for a whole window.</summary>
    [Range(1, 256)]
    public int Rows { get; set; } = 16;

    /// <summary>Most tokens of a prompt and its continuation together; less where the model has fewer positions.</summary>
    [Range(16, 1 << 20)]
    public int MaxTokens { get; set; } = 2048;

    /// <summary>Prompt tokens run between two tokens of the streams under way: more answers new prompts sooner, fewer keeps streams even.</summary>
    [Range(1, 1024)]
    public int PrefillTokens { get; set; } = 32;

    /// <summary>Sequences waiting for a row before further ones are refused with 503.</summary>
    [Range(1, 1 << 16)]
    public int QueuedSequences { get; set; } = 256;

    /// <summary>Tokens (prompts and what they may grow by) waiting for a row before further ones are refused with 503.</summary>
    [Range(512, 1 << 28)]
    public int QueuedTokens { get; set; } = 262_144;
}

[OptionsValidator]
internal sealed partial class GenerateOptionsValidator : IValidateOptions<GenerateOptions>;

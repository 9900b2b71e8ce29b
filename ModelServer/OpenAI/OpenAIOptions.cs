using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.OpenAI;

/// <summary>Limits of the completion routes, and how their streams stay alive.</summary>
internal sealed class OpenAIOptions
{
    public const string SectionName = "OpenAI";

    /// <summary>Most continuations in one request: prompts × <c>n</c>; OpenAI's is 128 as well.</summary>
    [Range(1, 1024)]
    public int MaxChoices { get; set; } = 128;

    /// <summary>Most messages in one conversation.</summary>
    [Range(1, 1 << 16)]
    public int MaxMessages { get; set; } = 2048;

    /// <summary>Largest body, in bytes.</summary>
    [Range(1024, 1 << 30)]
    public long BodyBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>A stream without an event for so long sends one that says nothing new, so that no proxy on the way times it out.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}

[OptionsValidator]
internal sealed partial class OpenAIOptionsValidator : IValidateOptions<OpenAIOptions>;

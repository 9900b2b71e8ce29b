using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace ModelServer.Models;

/// <summary>Where models come from and which of them answers when a request names none.</summary>
internal sealed class ModelsOptions
{
    public const string SectionName = "Models";

    /// <summary>The folder that holds <c>&lt;name&gt;/&lt;version&gt;/</c>; relative paths start at the content root.</summary>
    [Required]
    public string Folder { get; set; } = "models";

    /// <summary>Model names by task (<c>text-classification</c>, …) for requests that name no model; <c>chat</c> is for conversations alone, before <c>text-generation</c>,
    /// and <c>zero-shot-classification</c> for labels that requests bring.</summary>
    public Dictionary<string, string> Defaults { get; set; } = [];

    /// <summary>When the server is ready for requests: once <c>any</c> version is, or once <c>all</c> that were found at start have been loaded or are in error,
    /// with one ready at least. A version answers requests as soon as it is ready itself, whatever is set here.</summary>
    public ReadyWhen ReadyWhen { get; set; } = ReadyWhen.Any;

    /// <summary>How often the folder is looked at for versions that came or went while the server runs; one that came is taken up when it looks alike twice. Zero: never.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Memory that the process may use, in bytes, for the check before a version is loaded. Null: what the machine or its cgroup allows.</summary>
    [Range(0, long.MaxValue)]
    public long? MemoryLimitBytes { get; set; }
}

/// <summary>See <see cref="ModelsOptions.ReadyWhen"/>.</summary>
internal enum ReadyWhen
{
    Any,
    All,
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;

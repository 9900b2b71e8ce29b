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

    /// <summary>Model names by task (<c>text-classification</c>, …) for requests that name no model.</summary>
    public Dictionary<string, string> Defaults { get; set; } = [];
}

[OptionsValidator]
internal sealed partial class ModelsOptionsValidator : IValidateOptions<ModelsOptions>;

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Routing;

/// <summary>Whether the turns of a conversation go to one model server, which has read its beginning already.</summary>
internal sealed class AffinityOptions
{
    public const string SectionName = "Affinity";

    /// <summary>How much busier than the least busy that model server may be, in queued tokens of prompts and answers; beyond that another one is asked, the same for all
    /// turns. 0 turns it off: every request goes to the less busy of two.</summary>
    [Range(0, 1 << 28)]
    public int Tokens { get; set; } = 2048;
}

[OptionsValidator]
internal sealed partial class AffinityOptionsValidator : IValidateOptions<AffinityOptions>;

using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Gateway.Audit;

/// <summary>Who asked what, when and with which outcome, one line of JSON for each request; never what was in it.</summary>
internal sealed class AuditOptions
{
    public const string SectionName = "Audit";

    /// <summary>The folder for <c>audit.jsonl</c>; no file is written where it is not set.</summary>
    public string? Folder { get; set; }

    /// <summary>Whether each line also goes, as a log record of the category <c>Audit</c>, to where logs are exported by OTLP.</summary>
    public bool Export { get; set; }

    public bool IsEnabled => Export || Folder is { Length: > 0 };

    /// <summary>Size in bytes beyond which a file is closed and the next begun.</summary>
    [Range(1024, 1L << 40)]
    public long FileBytes { get; set; } = 64L << 20;

    /// <summary>Closed files that are kept; older ones are deleted.</summary>
    [Range(0, 100_000)]
    public int KeptFiles { get; set; } = 16;

    /// <summary>Lines waiting to be written; beyond them lines are dropped and counted rather than requests held up.</summary>
    [Range(1, 1_000_000)]
    public int QueueLength { get; set; } = 8192;
}

[OptionsValidator]
internal sealed partial class AuditOptionsValidator : IValidateOptions<AuditOptions>;

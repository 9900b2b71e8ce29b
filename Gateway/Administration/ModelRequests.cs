using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Gateway.Administration;

/// <summary>How many of a hundred callers a version is to answer.</summary>
internal static class CanaryPercent
{
    public const double Least = 0.01, Most = 99.99;

    public static FieldError? Validate(double? percent)
        => percent is null || (percent >= Least && percent <= Most && Math.Round(percent.Value, 2) == percent)
            ? null
            : new("percent", "percent must lie between 0 and 100, with two decimals at most.");
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ActivateRequest(
    [property: Range(CanaryPercent.Least, CanaryPercent.Most), Description("Makes it a canary: how many of a hundred callers it answers, with two decimals at most.")] double? Percent = null);

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CanaryRequest(
    [property: Required, Range(CanaryPercent.Least, CanaryPercent.Most), Description("How many of a hundred callers it answers, with two decimals at most.")] double? Percent)
{
    internal FieldError? Validate() => Percent is null ? FieldError.Required("percent") : CanaryPercent.Validate(Percent);
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record UnloadRequest(
    [property: Description("Unloads it even if it is active, under trial, or the only one that is ready.")] bool? Force = null);

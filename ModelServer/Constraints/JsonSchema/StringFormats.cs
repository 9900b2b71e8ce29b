using System.Collections.Frozen;

namespace ModelServer.Constraints.JsonSchema;

/// <summary>Regular expressions of what <c>format</c> names. Each matches valid texts alone, and some not all of them: hosts and addresses have bounds, so that
/// they end.</summary>
internal static class StringFormats
{
    private const string Year = @"(?:\d\d\d[1-9]|\d\d[1-9]0|\d[1-9]00|[1-9]000)";
    private const string LeapYear = @"(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
    private const string Date = $@"(?:{Year}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))|{LeapYear}-02-29)";
    private const string Time = @"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)";
    // Two hyphens together announce a name in another script.
    private const string Label = "[A-Za-z0-9]{1,20}(?:-[A-Za-z0-9]{1,20})?";
    private const string Host = $@"{Label}(?:\.{Label}){{0,5}}";
    private const string Octet = @"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)";
    private const string Ipv4 = $@"{Octet}(?:\.{Octet}){{3}}";
    private const string Group = "[0-9A-Fa-f]{1,4}";
    private const string Path = "(?:[A-Za-z0-9._~$&+,;=:@/-]|%[0-9A-Fa-f]{2})";
    private const string Clock = @"T(?:\d{1,9}H(?:\d{1,9}M(?:\d{1,9}S)?)?|\d{1,9}M(?:\d{1,9}S)?|\d{1,9}S)";
    private const string Days = @"(?:\d{1,9}Y(?:\d{1,9}M(?:\d{1,9}D)?)?|\d{1,9}M(?:\d{1,9}D)?|\d{1,9}D)";

    /// <summary>The expressions of whole texts, by format.</summary>
    private static readonly FrozenDictionary<string, string> Patterns = new Dictionary<string, string>
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["duration"] = $@"P(?:\d{{1,9}}W|{Days}(?:{Clock})?|{Clock})",
        ["uuid"] = "[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}",
        ["hostname"] = Host,
        ["email"] = $@"[A-Za-z0-9_+-]{{1,20}}(?:\.[A-Za-z0-9_+-]{{1,20}}){{0,2}}@{Label}(?:\.{Label}){{0,3}}\.[A-Za-z]{{2,20}}",
        ["ipv4"] = Ipv4,
        ["ipv6"] = $@"(?:{Group}:){{7}}{Group}|(?:{Group}:){{6}}{Ipv4}|{string.Join('|', Enumerable.Range(0, 7).Select(Compressed))}",
        ["uri"] = $@"[a-z][a-z0-9+.-]{{1,20}}:(?://{Host}(?::\d{{1,4}})?(?:/{Path}{{0,1000}})?(?:\?(?:{Path}|\?){{0,1000}})?(?:#(?:{Path}|\?){{0,1000}})?|[A-Za-z0-9._~$&+,;=:@-]{{1,1000}})",
    }.ToFrozenDictionary();

    /// <summary>Formats of numbers and texts that OpenAPI knows and that say nothing JSON could show.</summary>
    private static readonly FrozenSet<string> Ignored = FrozenSet.Create("password", "binary", "float", "double", "decimal");

    public static string? Pattern(string format) => Patterns.GetValueOrDefault(format);

    public static bool IsIgnored(string format) => Ignored.Contains(format);

    // So many groups before the ::, and fewer than what is left behind it.
    private static string Compressed(int before)
        => $"{(before == 0 ? "" : $"{Group}(?::{Group}){{{before - 1}}}")}::(?:{Group}(?::{Group}){{0,{6 - before}}})?";
}

using ModelServer.Tokenization.Json;

namespace ModelServer.Tokenization.PreTokenizers;

/// <summary>Where a mark is put before a text that does not begin with one.</summary>
internal enum PrependScheme
{
    /// <summary>Before every part between added tokens.</summary>
    Always,

    /// <summary>Only where the text begins.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>A "Metaspace" section: spaces are written as a visible mark, usually ▁.</summary>
/// <param name="Mark">One character.</param>
/// <param name="Scheme">Where one more is put.</param>
/// <param name="Split">Whether words begin at marks.</param>
internal sealed record MetaspaceSettings(char Mark, PrependScheme Scheme, bool Split)
{
    public static MetaspaceSettings Read(JsonPart part)
    {
        var mark = part.Member("replacement");
        var scheme = part.Find("prepend_scheme")?.Text switch
        {
            null or "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            var other => throw part.Invalid($".prepend_scheme is '{other}'; it must be one of always, first, never"),
        };
        // Files before prepend_scheme have add_prefix_space alone; some later ones have both, which must agree.
        if (!part.FlagOr("add_prefix_space", true))
        {
            if (part.Find("prepend_scheme") is not null && scheme != PrependScheme.Never) throw part.Invalid(".add_prefix_space contradicts prepend_scheme");
            scheme = PrependScheme.Never;
        }

        return mark.Text is [var c]
            ? new(c, scheme, part.FlagOr("split", true))
            : throw mark.Invalid($" is '{mark.Text}'; it must be one character");
    }
}

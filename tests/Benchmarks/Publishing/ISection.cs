namespace Benchmarks.Publishing;

/// <summary>A part of the report about one kind of measurement.</summary>
internal interface ISection
{
    string Title { get; }

    /// <summary>Whether any of it was measured.</summary>
    bool IsMeasured { get; }

    IEnumerable<Claim> Claims();

    /// <summary>Plots by the name of their file.</summary>
    IEnumerable<(string File, BarChart Chart)> Charts();

    /// <summary>Its tables, in Markdown.</summary>
    string Tables();
}

internal static class SystemKinds
{
    /// <summary>Whose a system is, by its name in the tables.</summary>
    public static BarKind Of(string system)
        => system.StartsWith("engine", StringComparison.Ordinal) || system.StartsWith("stub", StringComparison.Ordinal) ? BarKind.Limit
            : system.StartsWith("server", StringComparison.Ordinal) || system.StartsWith("gateway", StringComparison.Ordinal) || system == "ours" ? BarKind.Ours
            : BarKind.Rival;
}

using System.Globalization;
using System.Text.RegularExpressions;

namespace ModelServer.Check;

/// <summary>A report for people: a line with the verdict, then one for each thing learnt.</summary>
internal static partial class CheckText
{
    private const double MB = 1e6, MiB = 1 << 20;
    private const int MostLabels = 8;

    public static void Write(CheckReport report, TextWriter output)
    {
        output.WriteLine($"{report.Folder}: {(report.IsServed ? $"served as {report.Task}" : "not served")}");
        foreach (var (name, text) in Lines(report)) output.WriteLine($"  {name,-15}{text}");
    }

    private static IEnumerable<(string Name, string Text)> Lines(CheckReport r)
    {
        if (r.Reason is { } reason) yield return ("reason", reason);
        if (r.Detail is { } detail) yield return ("detail", detail.ReplaceLineEndings(" "));
        foreach (var advice in r.Advice) yield return ("what to do", advice);
        if (r.Architecture is { } architecture) yield return ("architecture", architecture);
        if (r.Graph is { } graph) yield return ("graph", Invariant($"{graph}, variant {r.Variant}, {r.GraphBytes / MB:F1} MB"));
        foreach (var text in Values(r.Inputs)) yield return ("input", text);
        foreach (var text in Values(r.Outputs)) yield return ("output", text);
        if (r.Tokenizer is { } tokenizer) yield return ("tokenizer", r.VocabularySize is { } size ? Invariant($"{tokenizer}, {size} ids") : tokenizer);
        if (r.MaxTokens is { } tokens) yield return ("longest input", Invariant($"{tokens} tokens"));
        if (r.Labels.Count > 0) yield return ("labels", $"{string.Join(", ", r.Labels.Take(MostLabels))}{(r.Labels.Count > MostLabels ? Invariant($", … ({r.Labels.Count})") : "")}");
        if (r.Pooling is { } pooling) yield return ("embedding", Invariant($"{r.Dimensions} dimensions, {pooling} pooling, {(r.IsNormalized == true ? "normalised" : "not normalised")}"));
        if (r.HasChat is { } chat) yield return ("chat", chat ? "by its template" : "refused: /v1/completions only");
        if (r.ChatExample is { } example) yield return ("example prompt", example);
        if (r.ToolExample is { } tools) yield return ("with a tool", tools);
        if (r.HasChat == true && r.ToolCalls is { } form) yield return ("tool calls", form == "none" ? "in no known form: only demanded ones are read" : $"in the form {form}");
        if (r.Thinks == true) yield return ("reasoning", "between <think> and </think>");
        if (r.MemoryBytes is { } bytes) yield return ("memory", Invariant($"about {bytes / MiB:F0} MiB for each replica"));
        if (r.GoldenCases is { } cases) yield return ("golden", cases == 0 ? "no cases in serving.json: nothing compares its answers" : Invariant($"{cases} of {cases} cases{(r.GoldenTolerance is { } t ? Invariant($" within {t}") : "")}"));
        if (r.LoadSeconds is { } seconds) yield return ("loaded", Invariant($"and warm in {seconds:F1} s on the CPU"));
        foreach (var warning in r.Warnings) yield return ("note", warning);
    }

    /// <summary>A decoder has many of a kind, one for each layer: they share a line.</summary>
    private static IEnumerable<string> Values(IReadOnlyList<GraphValue> values) => values
        .GroupBy(v => $"{Number().Replace(v.Name, "N")} {v.Type} [{string.Join(", ", v.Shape)}]")
        .Select(group => group.Count() == 1 ? $"{group.First().Name}{group.Key[group.Key.IndexOf(' ')..]}" : Invariant($"{group.Key} × {group.Count()}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<=\.)[0-9]+(?=\.)")]
    private static partial Regex Number();
}

using System.Globalization;
using System.Security;
using System.Text;

namespace Benchmarks.Publishing;

internal enum BarKind
{
    Ours,
    Rival,
    Limit,
}

internal sealed record Bar(string Label, Figure Figure, BarKind Kind);

/// <summary>Horizontal bars with the spread of their rounds, as an SVG that follows the reader's light or dark scheme.</summary>
internal sealed record BarChart(string Title, string Unit, IReadOnlyList<Bar> Bars)
{
    private const int Width = 760, LabelWidth = 230, ValueWidth = 150, Row = 26, Thickness = 16, Top = 58, Margin = 14;

    // The background is drawn, so that text stays readable whatever page it is put on.
    private const string Style = """
        svg { --back: #ffffff; --text: #1f2328; --faint: #59636e; --grid: #d1d9e0; --ours: #0969da; --rival: #bc4c00; --limit: #8c959f }
        @media (prefers-color-scheme: dark) { svg { --back: #0d1117; --text: #f0f6fc; --faint: #9198a1; --grid: #3d444d; --ours: #4493f8; --rival: #f0883e; --limit: #6e7681 } }
        text { font: 13px system-ui, sans-serif; fill: var(--text) } .title { font-weight: 600; font-size: 15px } .faint { fill: var(--faint) }
        .back { fill: var(--back) } .grid { stroke: var(--grid) } .spread { stroke: var(--text); stroke-width: 1.5 }
        .ours { fill: var(--ours) } .rival { fill: var(--rival) } .limit { fill: var(--limit) }
        """;

    public string ToSvg()
    {
        var bars = Bars.OrderByDescending(b => b.Figure.Median).ToArray();
        var most = Math.Max(bars.Max(b => b.Figure.Most), double.Epsilon);
        var height = Top + (bars.Length * Row) + Margin;
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {height}" width="{Width}" height="{height}" role="img" aria-labelledby="t d">""").Append('\n');
        svg.Append("<title id=\"t\">").Append(Escape($"{Title}, {Unit}")).Append("</title>\n<desc id=\"d\">");
        svg.Append(Escape(string.Join("; ", bars.Select(b => $"{b.Label}: {b.Figure}")))).Append("</desc>\n");
        svg.Append("<style>\n").Append(Style).Append("\n</style>\n");
        svg.Append(CultureInfo.InvariantCulture, $"""<rect class="back" width="{Width}" height="{height}" rx="6"/>""").Append('\n');
        Text(svg, "title", Margin, 24, "start", Title);
        Text(svg, "faint", Margin, 44, "start", $"{Unit}; lines span the rounds");
        Legend(svg, bars);
        svg.Append(CultureInfo.InvariantCulture, $"""<line class="grid" x1="{LabelWidth}" y1="{Top}" x2="{LabelWidth}" y2="{height - Margin}"/>""").Append('\n');
        for (var i = 0; i < bars.Length; i++) Draw(svg, bars[i], Top + (i * Row), most);
        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, Bar bar, double top, double most)
    {
        var middle = top + (Row / 2.0);
        double At(double value) => LabelWidth + (value / most * (Width - LabelWidth - ValueWidth));
        Text(svg, "", LabelWidth - 8, middle + 4, "end", bar.Label);
        svg.Append(CultureInfo.InvariantCulture, $"""<rect class="{Class(bar.Kind)}" x="{LabelWidth}" y="{middle - (Thickness / 2.0):0.#}" width="{At(bar.Figure.Median) - LabelWidth:0.#}" height="{Thickness}"/>""").Append('\n');
        if (bar.Figure.Rounds > 1)
            svg.Append(CultureInfo.InvariantCulture, $"""<line class="spread" x1="{At(bar.Figure.Least):0.#}" y1="{middle:0.#}" x2="{At(bar.Figure.Most):0.#}" y2="{middle:0.#}"/>""").Append('\n');
        Text(svg, "", At(bar.Figure.Most) + 8, middle + 4, "start", bar.Figure.ToString());
    }

    /// <summary>Colours are named too, for who cannot tell them apart.</summary>
    private static void Legend(StringBuilder svg, Bar[] bars)
    {
        double x = Width - Margin;
        foreach (var kind in bars.Select(b => b.Kind).Distinct().OrderDescending())
        {
            var name = kind switch { BarKind.Ours => "ours", BarKind.Rival => "others", _ => "limit" };
            Text(svg, "faint", x, 44, "end", name);
            x -= 8 + (name.Length * 7);
            svg.Append(CultureInfo.InvariantCulture, $"""<rect class="{Class(kind)}" x="{x - 10:0.#}" y="34" width="10" height="10"/>""").Append('\n');
            x -= 24;
        }
    }

    private static string Class(BarKind kind) => kind switch { BarKind.Ours => "ours", BarKind.Rival => "rival", _ => "limit" };

    private static void Text(StringBuilder svg, string style, double x, double y, string anchor, string text)
        => svg.Append(CultureInfo.InvariantCulture, $"""<text class="{style}" x="{x:0.#}" y="{y:0.#}" text-anchor="{anchor}">{Escape(text)}</text>""").Append('\n');

    private static string Escape(string text) => SecurityElement.Escape(text);
}

using System.Globalization;
using System.Xml.Linq;
using Benchmarks.Publishing;

namespace Benchmarks.Tests.Publishing;

public sealed class BarChartTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly XElement _root = XDocument.Parse(new BarChart(
        "Rates & more", "requests a second", [Of("slow <one>", BarKind.Rival, 9, 10, 12), Of("fast", BarKind.Ours, 40), Of("alone", BarKind.Limit, 60, 70)]).ToSvg()).Root!;

    [Fact]
    public void Svg_OfBars_DrawsThemLongestFirstAndToScale()
    {
        var bars = Shapes("rect", "ours", "rival", "limit").Where(r => (string?)r.Attribute("height") == "16").ToArray();
        Assert.Equal(["limit", "ours", "rival"], bars.Select(b => (string?)b.Attribute("class")));
        double[] widths = [.. bars.Select(b => double.Parse((string)b.Attribute("width")!, CultureInfo.InvariantCulture))];
        Assert.Equal(65.0 / 40, widths[0] / widths[1], tolerance: 0.01);
        Assert.Equal(40.0 / 10, widths[1] / widths[2], tolerance: 0.02);
    }

    [Fact]
    public void Svg_OfBars_ShowsTheSpreadOfThoseWithRounds() => Assert.Equal(2, Shapes("line", "spread").Count());

    [Fact]
    public void Svg_OfAnyScheme_HasColoursAndABackgroundForBoth()
    {
        var style = _root.Element(Svg + "style")!.Value;
        Assert.Contains("@media (prefers-color-scheme: dark)", style, StringComparison.Ordinal);
        Assert.Single(Shapes("rect", "back"));
        // Every colour of the one scheme has its counterpart in the other.
        var names = style.Split("--").Skip(1).Select(part => part.Split(':')[0]).Where(name => name.All(char.IsLetter)).GroupBy(name => name);
        Assert.All(names, name => Assert.Equal(2, name.Count()));
    }

    [Fact]
    public void Svg_ForWhoCannotSeeIt_SaysWhatItShows()
    {
        Assert.Equal("Rates & more, requests a second", _root.Element(Svg + "title")!.Value);
        Assert.Equal("alone: 65.0 (60.0–70.0); fast: 40.0; slow <one>: 10.0 (9.00–12.0)", _root.Element(Svg + "desc")!.Value);
    }

    private static Bar Of(string label, BarKind kind, params double[] rounds) => new(label, Figure.Of(rounds)!, kind);

    private IEnumerable<XElement> Shapes(string name, params string[] classes) => _root.Descendants(Svg + name).Where(e => classes.Contains((string?)e.Attribute("class")));
}

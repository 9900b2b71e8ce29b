using Benchmarks.Publishing;

namespace Benchmarks.Tests.Publishing;

public sealed class ReportDocumentTests
{
    [Fact]
    public void Report_OfAllScenarios_HasASectionOfEach()
    {
        var report = new ReportDocument(SampleResults.Read());
        Assert.Equal(["Classification", "Text generation", "Gateway", "Tokenizers"], report.Sections.Select(s => s.Title));
        Assert.Empty(report.Warnings());
        var text = report.ToString();
        Assert.Contains("| fastapi w1 t2: 17.5 (17.0–18.0) | 2.06 × |", text, StringComparison.Ordinal);
        Assert.Contains("at commit `0123456789ab`, a quick run.", text, StringComparison.Ordinal);
        Assert.Contains("| node single: tiny fp32 | failed: it ended |", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfGeneration_HoldsOursAgainstTheBestOfOneStreamToo()
    {
        // 80 × √16 with sixteen streams: ours wins there, and loses with one.
        var claims = new ReportDocument(SampleResults.Read()).Claims.Where(c => c.Load.StartsWith("generation", StringComparison.Ordinal)).ToArray();
        Assert.Equal([true, false], claims.Select(c => c.IsLost));
    }

    [Fact]
    public void Report_OfABusyMachine_Warns()
    {
        var report = new ReportDocument(SampleResults.Read(SampleResults.Facts(busy: 0.5)));
        Assert.Contains("> **Warning.** The machine was busy: others took 50 % of it when `classification` began.", report.ToString(), StringComparison.Ordinal);
        Assert.Contains("> **Warning.** The machine was busy", ReadmeSection.Of(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_OfTwoCommits_Warns()
    {
        var measurements = SampleResults.Read();
        measurements.Add("again", SampleResults.Json(SampleResults.Facts(commit: "ba9876543210+"))["gateway"]);
        Assert.Equal(["Scenarios were measured at different commits.", "Files differed from the commit."], new ReportDocument(measurements).Warnings());
    }

    [Fact]
    public void Read_OfAScenarioThatFailed_NamesItWithItsReason()
    {
        var folder = Directory.CreateTempSubdirectory("bench-");
        try
        {
            var (json, failed) = (Path.Combine(folder.FullName, "gateway.json"), Path.Combine(folder.FullName, "generation.failed"));
            File.WriteAllText(json, SampleResults.Json(SampleResults.Facts())["gateway"]);
            File.WriteAllText(failed, "Unhandled exception: /home/someone/model.onnx is missing.\n");
            var failure = Assert.Single(Measurements.Read([json, failed]).Failures);
            Assert.Equal(("generation", "Unhandled exception: model.onnx is missing."), (failure.System, failure.Reason));
            Assert.Throws<InvalidDataException>(() => Measurements.Read([failed]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"tokenizers":[]}""")]
    [InlineData("no JSON")]
    public void Add_OfSomethingElse_Refuses(string json) => Assert.Throws<InvalidDataException>(() => new Measurements().Add("x", json));

    [Fact]
    public void Write_Again_ReplacesWhatItWrote()
    {
        var root = Directory.CreateTempSubdirectory("bench-");
        try
        {
            var readme = Path.Combine(root.FullName, "README.md");
            File.WriteAllText(readme, $"# Title\n\n{ReadmeSection.Begin}\nold\n{ReadmeSection.End}\n\nrest\n");
            var images = Directory.CreateDirectory(Path.Combine(root.FullName, "docs", "images", "benchmarks"));
            File.WriteAllText(Path.Combine(images.FullName, "gone.svg"), "");
            for (var i = 0; i < 2; i++) PublishCommand.Write(new(SampleResults.Read()), root.FullName);
            var text = File.ReadAllText(readme);
            Assert.Single(text.Split('\n'), ReadmeSection.Begin);
            Assert.DoesNotContain("old", text, StringComparison.Ordinal);
            Assert.EndsWith("\nrest\n", text, StringComparison.Ordinal);
            Assert.Empty(ReportConsistency.Problems(text, File.ReadAllText(Path.Combine(root.FullName, "docs", "benchmarks.md"))));
            Assert.Equal(
                ["classification-distil.svg", "gateway.svg", "generation-decoder-1.svg", "generation-decoder-16.svg", "tokenizers.svg"],
                images.GetFiles().Select(f => f.Name).Order(StringComparer.Ordinal));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void Replace_WithoutMarkers_Refuses() => Assert.Throws<InvalidDataException>(() => ReadmeSection.Replace("# Title", "x"));
}

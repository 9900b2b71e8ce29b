using System.Text.RegularExpressions;
using ModelServer.Tests.Models;
using Testing;

namespace ModelServer.Tests.Check;

/// <summary>The table "Layouts of encoders" of <c>docs/models.md</c> is what the server does: each line's folder is made and checked.</summary>
public sealed partial class EncoderLayoutsTests(CheckHost host) : IClassFixture<CheckHost>, IDisposable
{
    private readonly TemporaryModels _models = new();
    private readonly TemporaryModels _elsewhere = new();

    public static TheoryData<string> Names { get; } = [.. EncoderLayouts.Names];

    public void Dispose()
    {
        _models.Dispose();
        _elsewhere.Dispose();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_LayoutOfTheTable_DoesWhatItsLineSays(string name)
    {
        var line = Assert.Single(Table(), l => l.Layout.StartsWith(name, StringComparison.Ordinal));
        var sentences = Quoted().Matches(line.Outcome).Select(m => m.Groups[1].Value).ToArray();

        var report = host.Run(new EncoderLayouts(_models, _elsewhere).Make(name));

        Assert.True(report.IsServed == line.Outcome.StartsWith("served", StringComparison.Ordinal), $"{name}: {report.Reason} {report.Detail}");
        var said = report.IsServed ? string.Join('\n', report.Warnings.Where(w => !w.StartsWith("It lies in the hub's cache", StringComparison.Ordinal))) : report.Reason!;
        Assert.All(sentences, sentence => Assert.Contains(sentence, said, StringComparison.Ordinal));
        if (sentences is []) Assert.Equal("", said);
    }

    [Fact]
    public void Table_OfTheGuide_HasAFolderForEachLine()
        => Assert.All(Table(), line => Assert.Single(EncoderLayouts.Names, name => line.Layout.StartsWith(name, StringComparison.Ordinal)));

    private static IEnumerable<(string Layout, string Outcome)> Table()
        => File.ReadLines(Path.Combine(RepositoryPaths.Root, "docs", "models.md"))
            .SkipWhile(line => line != "| layout | what becomes of it |").Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (cells[1], cells[2]));

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}

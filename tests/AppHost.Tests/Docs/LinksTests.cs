using Testing;

namespace AppHost.Tests.Docs;

/// <summary>Links of the documents lead somewhere.</summary>
public class LinksTests
{
    [Fact]
    public void Links_OfAllDocuments_LeadToAFileAndAHeading()
    {
        Assert.True(MarkdownFile.All.Sum(file => file.Links.Count) > 30, "Hardly any link was found.");

        Assert.Empty(MarkdownFile.All.SelectMany(file => file.Links.Select(link => Fault(file, link)).OfType<string>()));
    }

    [Theory]
    [InlineData("[a](docs/absent.md)", "docs/absent.md is not there")]
    [InlineData("[a](docs/rollouts.md#absent)", "docs/rollouts.md has no heading for #absent")]
    [InlineData("![a](docs/images/absent.png)", "docs/images/absent.png is not there")]
    [InlineData("## A heading\n\n[a](#another-heading)", "README.md has no heading for #another-heading")]
    [InlineData("[a](../elsewhere.md)", "../elsewhere.md is outside the repository")]
    [InlineData("[a](docs/rollouts.md#commands), [b](#what-is-it-12--of-x), `[c](absent)`, [d](https://example.com/absent), [e](docs)\n## What is it? (`12 %` of [x](docs))\n```\n[f](absent)\n```", null)]
    public void Links_ThatLeadNowhere_AreFound(string text, string? fault)
    {
        var file = new MarkdownFile("README.md", text);

        Assert.Equal(fault is null ? [] : [fault], file.Links.Select(link => Fault(file, link)).OfType<string>().Select(found => found[(found.IndexOf(' ', StringComparison.Ordinal) + 1)..]));
    }

    /// <returns>What is wrong with a link, behind where it stands; null where it is right.</returns>
    private static string? Fault(MarkdownFile file, MarkdownLink link)
    {
        var (path, anchor) = link.Target.Split('#') is [var before, var after] ? (before, after) : (link.Target, null);
        var target = path.Length == 0 ? file.Path : Path.GetRelativePath(RepositoryPaths.Root, Path.GetFullPath(Path.Combine(RepositoryPaths.Root, Path.GetDirectoryName(file.Path)!, path))).Replace('\\', '/');
        if (target.StartsWith("..", StringComparison.Ordinal)) return $"{link.Where}: {path} is outside the repository";
        if (path.Length > 0 && !Path.Exists(Path.Combine(RepositoryPaths.Root, target))) return $"{link.Where}: {path} is not there";
        if (anchor is null) return null;
        var read = target == file.Path ? file : MarkdownFile.All.SingleOrDefault(other => other.Path == target);
        return read?.Anchors.Contains(anchor) == true ? null : $"{link.Where}: {target} has no heading for #{anchor}";
    }
}

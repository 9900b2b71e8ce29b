using System.Text.RegularExpressions;

namespace AppHost.Tests.Docs;

/// <summary>The documents that tell users what to run.</summary>
internal static partial class Guides
{
    public static IReadOnlyList<MarkdownBlock> Blocks { get; } = [.. MarkdownFile.All.Where(file => IsGuide(file.Path)).SelectMany(file => file.Blocks)];

    /// <param name="path">From the repository's root.</param>
    public static bool IsGuide(string path) => Guide().IsMatch(path);

    [GeneratedRegex(@"^((README|CONTRIBUTING|models/README)\.md|docs/.+\.md|deploy/(.+/)?README\.md)$")]
    private static partial Regex Guide();
}

using System.Text.RegularExpressions;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>A fenced block of a document.</summary>
/// <param name="Where">The document and the line of the fence, such as <c>README.md:12</c>.</param>
/// <param name="Needs">What a comment <c>&lt;!-- needs: … --&gt;</c> before the fence says that its commands need; null without one.</param>
internal sealed record MarkdownBlock(string Where, string Language, string Text, IReadOnlyList<string>? Needs);

/// <summary>A link to another place of the repository.</summary>
/// <param name="Target">As it stands in the document, the anchor included.</param>
internal sealed record MarkdownLink(string Where, string Target);

/// <summary>What the tests read of a document: its blocks, its relative links and the anchors that its headings make.</summary>
internal sealed partial class MarkdownFile
{
    private readonly List<MarkdownBlock> _blocks = [];
    private readonly List<MarkdownLink> _links = [];
    private readonly HashSet<string> _anchors = [];

    /// <param name="path">From the repository's root.</param>
    public MarkdownFile(string path, string text)
    {
        Path = path;
        var lines = text.Split('\n');
        var before = "";
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is { Success: true } fence)
            {
                var end = Array.FindIndex(lines, i + 1, line => line.Trim() == fence.Groups["fence"].Value);
                if (end < 0) throw new InvalidDataException($"{path}:{i + 1}: the block has no end.");
                var indent = fence.Groups["indent"].Length;
                var content = string.Concat(lines[(i + 1)..end].Select(line => (line.Length > indent ? line[indent..] : line.TrimStart()) + "\n"));
                _blocks.Add(new($"{path}:{i + 1}", fence.Groups["language"].Value, content, Needs().Match(before) is { Success: true } needs ? needs.Groups["reasons"].Value.Split(',', StringSplitOptions.TrimEntries) : null));
                i = end;
                continue;
            }

            if (Heading().Match(lines[i]) is { Success: true } heading) AddAnchor(heading.Groups["text"].Value);
            var where = $"{path}:{i + 1}";
            foreach (Match link in Link().Matches(InlineCode().Replace(lines[i], "")))
                if (!Address().IsMatch(link.Groups["target"].Value)) _links.Add(new(where, link.Groups["target"].Value));
            if (lines[i].Trim().Length > 0) before = lines[i];
        }
    }

    public string Path { get; }

    public IReadOnlyList<MarkdownBlock> Blocks => _blocks;

    public IReadOnlyList<MarkdownLink> Links => _links;

    /// <summary>As GitHub makes them of headings.</summary>
    public IReadOnlySet<string> Anchors => _anchors;

    /// <summary>Every document of the repository, without what was installed or built.</summary>
    public static IReadOnlyList<MarkdownFile> All { get; } =
    [
        .. Directory.EnumerateFiles(RepositoryPaths.Root, "*.md", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(file => System.IO.Path.GetRelativePath(RepositoryPaths.Root, file).Replace('\\', '/'))
            .Where(path => !Foreign().IsMatch(path))
            .Order(StringComparer.Ordinal)
            .Select(path => new MarkdownFile(path, File.ReadAllText(System.IO.Path.Combine(RepositoryPaths.Root, path)))),
    ];

    private void AddAnchor(string heading)
    {
        var anchor = NoAnchor().Replace(InlineLink().Replace(heading, "${text}").ToLowerInvariant(), "").Replace(' ', '-');
        var unique = anchor;
        for (var n = 1; !_anchors.Add(unique); n++) unique = $"{anchor}-{n}";
    }

    [GeneratedRegex(@"^(?<indent>\s*)(?<fence>`{3,}|~{3,})(?<language>[\w-]*)")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^\s*<!-- needs: (?<reasons>[^>]+?) -->\s*$")]
    private static partial Regex Needs();

    [GeneratedRegex(@"^#{1,6} (?<text>.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?<target>[^()\s]+(\([^()\s]*\))?)\)|^\[[^\]]+\]: (?<target>\S+)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)")]
    private static partial Regex InlineLink();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("^[a-z]+:", RegexOptions.IgnoreCase)]
    private static partial Regex Address();

    [GeneratedRegex(@"[^\p{L}\p{Nd}\p{M} _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"(^|/)(node_modules|bin|obj|artifacts|TestResults|\.git)/")]
    private static partial Regex Foreign();
}

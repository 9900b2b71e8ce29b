using System.Text.RegularExpressions;

namespace Deployment.Tests.Images;

/// <summary>A <c>.dockerignore</c>: patterns from the root of the context; the last that fits a path, or a folder above it, decides.</summary>
internal sealed class IgnoreFile(string text)
{
    private readonly (Regex Pattern, bool Ignores)[] _rules =
    [
        .. text.Split('\n').Select(l => l.Trim()).Where(l => l is not "" && !l.StartsWith('#'))
            .Select(l => (Pattern(l.TrimStart('!').Trim('/')), !l.StartsWith('!'))),
    ];

    public bool Ignores(string path) => _rules.LastOrDefault(r => r.Pattern.IsMatch(path)) is { Pattern: not null, Ignores: true };

    private static Regex Pattern(string pattern)
    {
        var text = Regex.Escape(pattern).Replace(@"\*\*/", "(.*/)?", StringComparison.Ordinal).Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return new($"^{text}(/.*)?$");
    }
}

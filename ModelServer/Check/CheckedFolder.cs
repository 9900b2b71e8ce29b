using ModelServer.ModelFiles;

namespace ModelServer.Check;

/// <summary>A folder as it came, presented as a version's: one in a models folder, a bare export, or a snapshot in the cache of the hub's own client.</summary>
/// <param name="Shown">For the report.</param>
/// <param name="Misplaced">Why the platform would not find it where it lies; null where it would, or where it is in no models folder.</param>
/// <param name="Placing">How to put it into a models folder; null where it is in one.</param>
internal sealed record CheckedFolder(ModelFolder Folder, string Shown, string? Misplaced, string? Placing)
{
    private const string Models = "models", Snapshots = "snapshots", CachePrefix = "models--";

    public static CheckedFolder Of(string folder)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var inside = SnapshotIn(path) ?? VersionIn(path);
        if (inside is not null) return Of(Path.Combine(folder, Path.GetRelativePath(path, inside)));

        var (parent, name) = (Path.GetDirectoryName(path) ?? path, Path.GetFileName(path));
        var (above, parentName) = (Path.GetDirectoryName(parent), Path.GetFileName(parent));
        if (above is not null && parentName == Snapshots && Path.GetFileName(above) is var cached && cached.StartsWith(CachePrefix, StringComparison.Ordinal))
            // Its files are links into a folder beside the snapshots.
            return new(new ModelFolder(above, parentName, name), folder, null, $"It lies in the hub's cache: ./start --models {Path.GetDirectoryName(above)} serves it as it lies, or copy what its links lead to: cp -rL {folder} models/{ValidName(cached[(cached.LastIndexOf("--", StringComparison.Ordinal) + 2)..])}/1");
        var isVersion = above is not null && ModelNames.IsVersion(name) && ModelNames.IsName(parentName);
        var misplaced = Misplacement(path);
        var place = isVersion || misplaced is not null ? null : $"Copy its files to models/{ValidName(name)}/1/.";
        return new(isVersion ? new ModelFolder(above!, parentName, name) : new ModelFolder(parent, ".", name), folder, misplaced, place);
    }

    /// <summary>The nearest folder called <c>models</c> decides: what lies elsewhere has still to be put somewhere.</summary>
    private static string? Misplacement(string path)
    {
        var root = Path.GetDirectoryName(path);
        for (var depth = 0; root is not null && depth < 3; depth++, root = Path.GetDirectoryName(root))
        {
            if (Path.GetFileName(root) != Models) continue;
            return MisplacedModel.Scan(root).FirstOrDefault(m => Path.Combine(root, m.Name) == path || Path.Combine(root, m.Name, m.Version) == path)?.Reason;
        }

        return null;
    }

    /// <summary>The snapshot that <c>main</c> names, of a repository in the hub's cache.</summary>
    private static string? SnapshotIn(string path)
    {
        var snapshots = Path.Combine(path, Snapshots);
        if (!Path.GetFileName(path).StartsWith(CachePrefix, StringComparison.Ordinal) || !Directory.Exists(snapshots)) return null;
        var main = Path.Combine(path, "refs", "main");
        var named = File.Exists(main) ? Path.Combine(snapshots, Path.GetFileName(File.ReadAllText(main).Trim())) : null;
        return named is not null && Directory.Exists(named) ? named : Directory.EnumerateDirectories(snapshots).Order(StringComparer.Ordinal).LastOrDefault();
    }

    /// <summary>The highest version of a model's folder.</summary>
    private static string? VersionIn(string path)
        => File.Exists(Path.Combine(path, "config.json")) || !ModelNames.IsName(Path.GetFileName(path))
            ? null
            : Directory.EnumerateDirectories(path).Where(f => ModelNames.IsVersion(Path.GetFileName(f))).Order(Comparer<string>.Create((a, b) => ModelNames.CompareVersions(Path.GetFileName(a), Path.GetFileName(b)))).LastOrDefault();

    private static string ValidName(string text)
    {
        var name = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).TrimStart('.', '_', '-');
        return name.Length == 0 ? "model" : name[..Math.Min(name.Length, 64)];
    }
}

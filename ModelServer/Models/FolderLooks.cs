using System.IO.Enumeration;
using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Tells from one look at the models folder to the next which versions have come and are whole.
/// A version is whole when its files look alike in two looks, names, sizes and times, or when it holds a file <c>.complete</c>. Not for several threads.</summary>
/// <param name="root">The models folder; no link is followed out of it.</param>
internal sealed class FolderLooks(string root, TimeProvider time)
{
    private const string Marker = ".complete";
    private const long NotLookedInto = -1;
    private const long LeadsElsewhere = 1;
    private const long SomeFiles = 1L << 33;

    /// <summary>A download that nothing was added to for so long was cut off; what it has brought is looked at as it is.</summary>
    private static readonly TimeSpan CutOff = TimeSpan.FromMinutes(10);

    private static readonly EnumerationOptions Inside = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None };
    private readonly Dictionary<string, Seen> _seen = new(StringComparer.Ordinal);

    /// <summary>Looks at every version that is there now.</summary>
    /// <param name="folders">All of them.</param>
    /// <param name="isKnown">Whether one that was not seen before is no news.</param>
    /// <param name="isServed">Whether what is in its folder does not matter now; such a folder is not looked into.</param>
    /// <returns>Those that have come, or have changed, and are whole now.</returns>
    public IReadOnlyList<ModelFolder> Look(IReadOnlyCollection<ModelFolder> folders, Predicate<ModelFolder> isKnown, Predicate<ModelFolder> isServed)
    {
        var settled = new List<ModelFolder>();
        foreach (var folder in folders)
        {
            if (isServed(folder)) _seen[folder.Path] = new(NotLookedInto, IsSettled: true);
            else if (LookInto(folder, isKnown)) settled.Add(folder);
        }

        var there = folders.Select(folder => folder.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var gone in _seen.Keys.Where(path => !there.Contains(path)).ToArray()) _seen.Remove(gone);
        return settled;
    }

    /// <returns>Whether it has just become whole, for the first time or again after a change.</returns>
    private bool LookInto(ModelFolder folder, Predicate<ModelFolder> isKnown)
    {
        var looks = Appearance(folder);
        if (!_seen.TryGetValue(folder.Path, out var before))
        {
            var (known, marked) = (isKnown(folder), IsMarked(folder));
            _seen[folder.Path] = new(looks, known || marked);
            return marked && !known;
        }

        // It served until now: how it looks from here on is what counts.
        if (before.Looks == NotLookedInto) before = before with { Looks = looks };

        var changed = before.Looks != looks;
        var isWhole = IsMarked(folder) || (!changed && looks != 0 && !IsBeingDownloaded(folder));
        _seen[folder.Path] = new(looks, isWhole || (!changed && before.IsSettled));
        return isWhole && (changed || !before.IsSettled);
    }

    private static bool IsMarked(ModelFolder folder) => File.Exists(Path.Combine(folder.Path, Marker));

    private bool IsBeingDownloaded(ModelFolder folder)
        => folder.Downloads is { } downloads && Directory.Exists(downloads) && ModelFolder.Holds(root, downloads)
            && new DirectoryInfo(downloads).EnumerateFiles("*.incomplete").Any(file => time.GetUtcNow() - file.LastWriteTimeUtc < CutOff);

    /// <summary>A number that follows from names, sizes and times of all files, in whatever order they are found; 0 for an empty folder. Of links it is the links' own.</summary>
    private long Appearance(ModelFolder folder)
    {
        // One that leads elsewhere is not looked into: loading it says what is wrong.
        if (!ModelFolder.Holds(root, folder.Path)) return LeadsElsewhere;
        var files = new FileSystemEnumerable<long>(
            folder.Path,
            (ref FileSystemEntry entry) => HashCode.Combine(string.GetHashCode(entry.FileName), string.GetHashCode(entry.Directory), entry.Length, entry.LastWriteTimeUtc),
            Inside)
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => !entry.IsDirectory,
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };
        var (sum, count) = (0L, 0);
        foreach (var file in files) (sum, count) = (unchecked(sum + file), count + 1);
        return count == 0 ? 0 : SomeFiles + HashCode.Combine(sum, count);
    }

    private sealed record Seen(long Looks, bool IsSettled);
}

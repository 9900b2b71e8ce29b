namespace ModelServer.ModelFiles;

/// <summary>One version's folder. Every file is reached through it, and none outside the models root, not by a link either.</summary>
/// <param name="place">Where it is from the root, if not at <c>name/version</c>.</param>
internal sealed class ModelFolder(string root, string name, string version, string? place = null)
{
    /// <summary>How a file begins that git-lfs has not fetched, by its specification; it has less than 1,024 bytes.</summary>
    private static readonly byte[] PointerStart = "version https://git-lfs"u8.ToArray();
    private readonly SortedSet<string> _found = new(StringComparer.Ordinal);
    private readonly string _root = Resolve(System.IO.Path.GetFullPath(root));

    public string Name => name;

    public string Version => version;

    public string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(root, place ?? System.IO.Path.Combine(name, version)));

    /// <summary>Where parts of its files may lie that are still being fetched; null where nothing is.</summary>
    public string? Downloads { get; init; }

    /// <summary>All versions under a models root, in no particular order; folders that hold none are not models.</summary>
    public static IEnumerable<ModelFolder> Scan(string root)
    {
        if (!Directory.Exists(root)) return [];
        var ordinary = Ordinary(root).ToArray();
        return ordinary.Concat(HubCache.Scan(root, ordinary.Select(folder => folder.Name).ToHashSet()));
    }

    /// <summary>Those at <c>name/version</c>.</summary>
    public static IEnumerable<ModelFolder> Ordinary(string root)
    {
        foreach (var model in Directory.EnumerateDirectories(root))
        {
            var name = System.IO.Path.GetFileName(model);
            if (!ModelNames.IsName(name) || HubRepository.IsOne(model) || HubRepository.IsOtherKind(model)) continue;
            foreach (var folder in Directory.EnumerateDirectories(model))
                if (System.IO.Path.GetFileName(folder) is var version && ModelNames.IsVersion(version))
                    yield return new ModelFolder(root, name, version);
        }
    }

    /// <summary>Whether a path, its links followed, is within a models root.</summary>
    public static bool Holds(string root, string path) => TryResolve(System.IO.Path.GetFullPath(path)) is { } target && IsWithin(target, Resolve(System.IO.Path.GetFullPath(root)));

    /// <summary>The files that <see cref="Find"/> has found, as paths from the version's folder, in a fixed order: what the version is loaded from.</summary>
    public IReadOnlyCollection<string> Found => _found;

    /// <summary>The full path of a file of this version, or null when there is none. Only one that will be read is asked for.</summary>
    /// <exception cref="ModelLoadException">The path leads out of the models folder, or to what git-lfs left in place of the file.</exception>
    public string? Find(string relative)
    {
        var path = Look(relative);
        if (path is not null) _found.Add(System.IO.Path.GetRelativePath(Path, path));
        return path;
    }

    /// <summary>As <see cref="Find"/>, of a file that the version may not be loaded from.</summary>
    /// <exception cref="ModelLoadException">The path leads out of the models folder, or to what git-lfs left in place of the file.</exception>
    public string? Look(string relative)
    {
        if (relative.Contains('\0')) throw new ModelLoadException($"'{relative.Replace('\0', '?')}' of {name}:{version} is not a path.");
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, relative));
        if (!IsWithin(path, Path)) throw Escapes(relative);
        if (!File.Exists(path)) return null;
        var target = TryResolve(path) ?? throw new ModelLoadException($"'{relative}' of {name}:{version} is a link that leads in a circle.");
        if (!IsWithin(target, _root)) throw Escapes(relative);
        relative = System.IO.Path.GetRelativePath(Path, path);
        if (PointerBytes(target) is { } bytes) throw new ModelLoadException($"{relative.Replace('\\', '/')} is a git-lfs pointer of {bytes} bytes: run git lfs pull.");
        return path;
    }

    /// <summary>Whether there is any ONNX file where exports put them.</summary>
    public bool HasGraph() => Graphs().Length > 0;

    /// <summary>The ONNX files where exports put them, as paths from the version's folder with slashes.</summary>
    public string[] Graphs() =>
    [
        .. new[] { "", "onnx" }.Select(f => System.IO.Path.Combine(Path, f)).Where(Directory.Exists)
            .SelectMany(f => Directory.EnumerateFiles(f, "*.onnx")).Select(f => System.IO.Path.GetRelativePath(Path, f).Replace('\\', '/')).Order(StringComparer.Ordinal),
    ];

    /// <summary>The size of a file that is a pointer. Only one of such a size is opened: a pipe may be read once.</summary>
    private static long? PointerBytes(string path)
    {
        var length = new FileInfo(path).Length;
        if (length < PointerStart.Length || length >= 1024) return null;
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[PointerStart.Length];
        return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(PointerStart) ? length : null;
    }

    private ModelLoadException Escapes(string relative) => new($"'{relative}' of {name}:{version} leads out of the models folder.");

    private static bool IsWithin(string path, string folder) => path.StartsWith(folder.TrimEnd(System.IO.Path.DirectorySeparatorChar) + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <returns>Null when links lead in a circle.</returns>
    private static string? TryResolve(string path)
    {
        try
        {
            return Resolve(path);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The path with every link on the way followed.</summary>
    private static string Resolve(string path)
    {
        var parent = System.IO.Path.GetDirectoryName(path);
        if (parent is null) return path;
        var here = System.IO.Path.Combine(Resolve(parent), System.IO.Path.GetFileName(path));
        FileSystemInfo info = Directory.Exists(here) ? new DirectoryInfo(here) : new FileInfo(here);
        return info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Resolve(target.FullName) : here;
    }
}

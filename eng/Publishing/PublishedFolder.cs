namespace Publishing;

/// <summary>What was published of a service: what its image adds to the base.</summary>
internal sealed record PublishedFolder(string Path)
{
    /// <summary>What runs, models apart.</summary>
    public IReadOnlyList<FileInfo> Files { get; } =
    [
        .. new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories)
            .Where(f => !System.IO.Path.GetRelativePath(Path, f.FullName).StartsWith("models" + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal)),
    ];

    /// <summary>In millions of bytes.</summary>
    public double Megabytes => Files.Sum(f => f.Length) / 1e6;

    /// <returns>Files that have no business in a Linux image: another system's libraries, and what only a linker or a debugger reads.</returns>
    public string[] Foreign() => [.. Files.Where(IsForeign).Select(f => System.IO.Path.GetRelativePath(Path, f.FullName)).Order(StringComparer.Ordinal)];

    private static bool IsForeign(FileInfo file) => file.Extension.ToLowerInvariant() switch
    {
        ".pdb" or ".lib" or ".a" or ".h" or ".xml" or ".exe" or ".dylib" or ".dbg" or ".aar" => true,
        // Its first bytes: managed assemblies are of Windows' form everywhere, and name no native machine code for it.
        ".dll" => !AssemblyFile.IsManaged(file.FullName),
        _ => false,
    };
}

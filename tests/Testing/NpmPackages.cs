namespace Testing;

/// <summary>The npm packages that <c>tests/install-npm</c> puts beside a folder's lock file.</summary>
public static class NpmPackages
{
    /// <param name="folder">The folder of the lock file, relative to the tests.</param>
    /// <returns>What this machine lacks to run the folder's scripts, or null.</returns>
    public static string? Missing(string folder)
        => !Programs.Has("node") ? "There is no node on the path."
        : !AreInstalled(Folder(folder)) ? $"The npm packages of {folder} are not installed: ./test installs them where npm reaches a registry."
        : null;

    public static string Folder(string folder) => Path.Combine(RepositoryPaths.Root, "tests", folder);

    private static bool AreInstalled(string folder)
        => Path.Combine(folder, "node_modules", ".installed-lock.json") is var installed && File.Exists(installed)
            && File.ReadAllText(installed) == File.ReadAllText(Path.Combine(folder, "package-lock.json"));
}

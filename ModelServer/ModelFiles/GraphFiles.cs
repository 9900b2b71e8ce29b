namespace ModelServer.ModelFiles;

/// <summary>The files that a graph consists of: its own, and those with weights beside it.</summary>
internal static class GraphFiles
{
    /// <summary>Their size in bytes, links followed; a file that two names lead to counts once.</summary>
    /// <param name="graph">Full path of the ONNX file.</param>
    public static long Bytes(string graph) => Paths(graph).Select(Target).Distinct(StringComparer.Ordinal).Sum(path => new FileInfo(path).Length);

    /// <summary>What the graph names, and what exporters name after it (<c>model.onnx_data</c>): a damaged graph must not look small.</summary>
    private static IEnumerable<string> Paths(string graph)
    {
        var folder = Path.GetDirectoryName(graph)!;
        return Named(graph).Select(location => Path.GetFullPath(Path.Combine(folder, location)))
            .Where(path => path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal) && File.Exists(path))
            .Concat(Directory.EnumerateFiles(folder, Path.GetFileName(graph) + "*"));
    }

    private static IEnumerable<string> Named(string graph)
    {
        try
        {
            return ExternalData.LocationsOf(graph).Keys;
        }
        catch (ModelLoadException)
        {
            // Loading will say what is wrong with it.
            return [];
        }
    }

    private static string Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
}

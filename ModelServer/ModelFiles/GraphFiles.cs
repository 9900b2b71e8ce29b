namespace ModelServer.ModelFiles;

/// <summary>The files that a graph consists of: its own, and those with weights beside it.</summary>
internal static class GraphFiles
{
    /// <summary>Their size in bytes, links followed; a file that two names lead to counts once.</summary>
    /// <param name="graph">Full path of the ONNX file.</param>
    public static long Bytes(string graph) => Paths(graph).Select(Target).Distinct(StringComparer.Ordinal).Sum(path => new FileInfo(path).Length);

    /// <summary>Finds all of them through the folder, and reads what the graph says of them.</summary>
    /// <exception cref="ModelLoadException">The graph is none, or its weights are missing, cut off or outside the models folder.</exception>
    public static void Check(ModelFolder folder, string graph)
    {
        var graphFolder = Path.GetRelativePath(folder.Path, Path.GetDirectoryName(graph)!);
        _ = folder.Find(Path.GetRelativePath(folder.Path, graph));
        foreach (var (location, bytes) in ExternalData.LocationsOf(graph))
        {
            var found = folder.Find(Path.Combine(graphFolder, location)) ?? throw new ModelLoadException($"{Path.GetFileName(graph)} needs {location}, which is not there.");
            using var file = File.OpenHandle(found);
            if (RandomAccess.GetLength(file) is var size && size < bytes) throw new ModelLoadException($"{location} ends before the weights of {Path.GetFileName(graph)} do: it has {size} of {bytes} bytes. Copy it again.");
        }
    }

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

using Testing;

namespace Reliability.Cluster;

/// <summary>The shipped models in a folder of the run's own, the classifier in two versions with the same files.</summary>
internal sealed class ModelsFolder : IDisposable
{
    /// <summary>The model whose versions are switched.</summary>
    public const string Switched = "sentiment";

    public const string LowVersion = "1", HighVersion = "2";

    /// <summary>The model that is copied in while the platform runs: one of <see cref="Source"/>'s task, whose requests name their model. A second
    /// classifier would leave requests that name none without a default.</summary>
    public const string Copied = "copied";

    private const string Source = "embedding";

    public ModelsFolder(string folder)
    {
        Folder = folder;
        foreach (var model in new[] { Switched, Source, "stories" }) Copy(Shipped(model), Path.Combine(folder, model, LowVersion));
        Copy(Shipped(Switched), Path.Combine(folder, Switched, HighVersion));
    }

    public string Folder { get; }

    private string CopiedFolder => Path.Combine(Folder, Copied, "1");

    /// <summary>Copies a model in as a careless operator does: file by file in its place, of the graph only the first part.</summary>
    public void CopyHalf()
    {
        Copy(Shipped(Source), CopiedFolder, name => name != "model.onnx");
        using var from = File.OpenRead(Graph(Shipped(Source)));
        using var to = File.Create(Graph(CopiedFolder));
        var half = new byte[from.Length / 2];
        from.ReadExactly(half);
        to.Write(half);
    }

    /// <summary>Copies what was missing.</summary>
    public void CopyRest() => File.Copy(Graph(Shipped(Source)), Graph(CopiedFolder), overwrite: true);

    public void RemoveCopied()
    {
        if (Directory.Exists(Path.Combine(Folder, Copied))) Directory.Delete(Path.Combine(Folder, Copied), recursive: true);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Shipped(string model) => Path.Combine(RepositoryPaths.Models, model, "1");

    private static string Graph(string version) => Path.Combine(version, "model.onnx");

    private static void Copy(string from, string to, Func<string, bool>? isWanted = null)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(from, file);
            if (isWanted?.Invoke(name) == false) continue;
            var target = Path.Combine(to, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }
    }
}

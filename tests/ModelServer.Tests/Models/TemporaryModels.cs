namespace ModelServer.Tests.Models;

/// <summary>A models folder of its own for one test.</summary>
public sealed class TemporaryModels : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("models-").FullName;

    public string Write(string relative, string text)
    {
        var path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Copies the shipped sentiment model to <c>name/version</c>.</summary>
    public string CopySentiment(string name, string version)
    {
        var target = Directory.CreateDirectory(System.IO.Path.Combine(Path, name, version)).FullName;
        foreach (var file in Directory.GetFiles(System.IO.Path.Combine(Testing.RepositoryPaths.Models, "sentiment", "1")))
            File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
        return target;
    }

    /// <summary>Copies one of the small models beside these tests to <c>name/version</c>, its folders too.</summary>
    public string CopySmall(string small, string name, string version = "1") => Copy(SmallModels.Folder(small), name, version);

    /// <summary>Copies a version's folder to <c>name/version</c>, its folders too.</summary>
    public string Copy(string source, string name, string version = "1")
    {
        var target = System.IO.Path.Combine(Path, name, version);
        foreach (var file in Directory.GetFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(source, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

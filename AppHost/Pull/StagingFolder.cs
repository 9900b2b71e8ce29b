namespace AppHost.Pull;

/// <summary>
/// Where a version comes to be: <c>.pull/&lt;repository and variant&gt;</c> in the models folder, on the same disk, hidden, and with a name that is no model's,
/// so that no server ever looks into it. It stays when a pull is interrupted. <c>files</c> becomes the version's folder in one step; <c>state</c> says of
/// each file what is there.
/// </summary>
internal sealed class StagingFolder : IDisposable
{
    private const string Root = ".pull";
    private readonly string _folder;
    private readonly FileStream _lock;

    private StagingFolder(string folder, FileStream @lock) => (_folder, _lock) = (folder, @lock);

    private string Files => Path.Combine(_folder, "files");

    private string States => Path.Combine(_folder, "state");

    /// <exception cref="PullException">Another process pulls the same.</exception>
    public static StagingFolder Open(PullRequest request)
    {
        var root = Directory.CreateDirectory(Path.Combine(request.Models, Root));
        if (OperatingSystem.IsWindows()) root.Attributes |= FileAttributes.Hidden;
        var folder = Directory.CreateDirectory(Path.Combine(root.FullName, $"{request.Repository.Replace("/", "--", StringComparison.Ordinal)}--{request.Variant}")).FullName;
        try
        {
            return new StagingFolder(folder, new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e)
        {
            throw new PullException($"{request.Repository} is being pulled by another process.", e);
        }
    }

    public string FilePath(string relative) => Path.Combine(Files, relative);

    public string StatePath(string relative) => Path.Combine(States, relative + ".json");

    /// <summary>The bytes of a file that an earlier pull has left.</summary>
    public long BytesDone(HubFile file, string commit) => PartialFile.BytesDone(FilePath(file.Path), StatePath(file.Path), file.Content(commit), file.Size!.Value);

    /// <summary>Forgets a file.</summary>
    public void Discard(string relative)
    {
        File.Delete(FilePath(relative));
        File.Delete(StatePath(relative));
    }

    /// <summary>Deletes what an earlier pull, perhaps of another commit, has left and this one does not want.</summary>
    public void Keep(IReadOnlyCollection<HubFile> wanted)
    {
        Directory.CreateDirectory(Files);
        var kept = wanted.Select(f => Path.GetFullPath(FilePath(f.Path))).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Files, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None }))
            if (!kept.Contains(file)) File.Delete(file);
        foreach (var folder in Directory.EnumerateDirectories(Files))
            if (!Directory.EnumerateFileSystemEntries(folder).Any()) Directory.Delete(folder);
    }

    /// <summary>Makes the files a version, in one step.</summary>
    /// <returns>The version.</returns>
    /// <exception cref="PullException">There is one already.</exception>
    public string Publish(PullRequest request)
    {
        Directory.CreateDirectory(Path.Combine(request.Models, request.Name));
        while (true)
        {
            var version = request.Version ?? ModelVersions.Next(request.Models, request.Name);
            ModelVersions.CheckFree(request.Models, request.Name, version);
            try
            {
                Directory.Move(Files, ModelVersions.Folder(request.Models, request.Name, version));
            }
            catch (IOException) when (Path.Exists(ModelVersions.Folder(request.Models, request.Name, version)))
            {
                // Somebody else took the number: there is a next one, unless this one was asked for.
                continue;
            }

            Delete();
            return version;
        }
    }

    public void Dispose() => _lock.Dispose();

    private void Delete()
    {
        _lock.Dispose();
        Directory.Delete(_folder, recursive: true);
        var root = Path.GetDirectoryName(_folder)!;
        if (!Directory.EnumerateFileSystemEntries(root).Any()) Directory.Delete(root);
    }
}

namespace ModelServer.ModelFiles;

/// <summary>The repositories of Hugging Face's cache that lie in a models folder, each under the name that it is served by.
/// A name once given stays: a folder <c>&lt;name&gt;/&lt;version&gt;</c> comes before a repository, and of two repositories the one that came first.</summary>
internal static class HubCache
{
    /// <summary>Every snapshot that can be served.</summary>
    /// <param name="taken">Names of ordinary folders.</param>
    public static IEnumerable<ModelFolder> Scan(string root, IReadOnlySet<string> taken)
        => Named(root, taken).SelectMany(found => found.Repository.Snapshots.Select(snapshot => Folder(root, found, snapshot)).Where(folder => IsServed(found.Repository, folder)));

    /// <summary>Models of which no snapshot can be served, with what to do; not those that were exported to an ordinary folder since.</summary>
    public static IEnumerable<MisplacedModel> Unserved(string root, IReadOnlySet<string> taken)
    {
        foreach (var found in Named(root, taken))
        {
            var (repository, name) = found;
            if (repository.Names.Any(taken.Contains) || repository.Snapshots.Any(s => IsServed(repository, Folder(root, found, s)))) continue;
            if (repository.Snapshots[^1] is var latest && Reason(repository, latest, name) is { } reason) yield return new(name, latest.Version, reason);
        }
    }

    private static string? Reason(HubRepository repository, HubSnapshot snapshot, string name) => snapshot switch
    {
        { IsModel: false } => null,
        _ when repository.HasUnfinishedDownload => $"{repository.Id} is still being downloaded, or its download was cut off: then start it again.",
        { OtherWeights: { } weights } => $"{repository.Id} has no ONNX graph, but {weights}: export it with optimum-cli export onnx --model {repository.Id} {name}/1/, in the models folder.",
        _ => $"{repository.Id} has no ONNX graph: download it with its files *.onnx* and onnx/*, if it has any, or export it.",
    };

    /// <summary>A tokenizer alone is served where a repository is nothing else, not where its weights are in another form or on their way.</summary>
    private static bool IsServed(HubRepository repository, ModelFolder folder)
    {
        if (folder.HasGraph()) return true;
        var snapshot = new HubSnapshot(folder.Path, folder.Version, default);
        return snapshot.HasTokenizer && snapshot.OtherWeights is null && !repository.HasUnfinishedDownload;
    }

    private static ModelFolder Folder(string root, (HubRepository Repository, string Name) found, HubSnapshot snapshot)
        => new(root, found.Name, snapshot.Version, Path.GetRelativePath(Path.GetFullPath(root), Path.GetFullPath(snapshot.Folder))) { Downloads = found.Repository.Blobs };

    private static IEnumerable<(HubRepository Repository, string Name)> Named(string root, IReadOnlySet<string> taken)
    {
        if (!Directory.Exists(root)) yield break;
        var names = taken.ToHashSet(StringComparer.Ordinal);
        var repositories = Directory.EnumerateDirectories(root, "models--*").Where(HubRepository.IsOne).Select(folder => new HubRepository(root, folder))
            .Where(repository => repository.Snapshots.Any(s => s.IsModel))
            .OrderBy(repository => repository.Snapshots[0].CameAt).ThenBy(repository => repository.Id, StringComparer.Ordinal);
        foreach (var repository in repositories)
        {
            // Two that have even their organisation in common after what is not allowed was replaced: nobody could tell them apart.
            if (repository.Names.FirstOrDefault(names.Add) is { } name) yield return (repository, name);
        }
    }
}

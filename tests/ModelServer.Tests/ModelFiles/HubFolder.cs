using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

/// <summary>A repository as Hugging Face's tools keep it in a models folder, with real links.</summary>
internal sealed class HubFolder(TemporaryModels models, string repository)
{
    private static readonly DateTime FirstDay = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private int _blobs;

    public string Path { get; } = System.IO.Path.Combine(models.Path, repository);

    public static string Commit(int number) => $"{number:x40}";

    public string Snapshot(int commit) => System.IO.Path.Combine(Path, "snapshots", Commit(commit));

    public HubFolder Main(int commit)
    {
        models.Write($"{repository}/refs/main", Commit(commit));
        return this;
    }

    /// <param name="day">When it was downloaded.</param>
    public HubFolder Add(int commit, string file, byte[] content, int day = 1)
    {
        var blob = System.IO.Path.Combine(Directory.CreateDirectory(System.IO.Path.Combine(Path, "blobs")).FullName, $"{++_blobs:x64}");
        File.WriteAllBytes(blob, content);
        return Link(commit, file, blob, day);
    }

    public HubFolder Add(int commit, string file, string content = "{}", int day = 1) => Add(commit, file, System.Text.Encoding.UTF8.GetBytes(content), day);

    /// <summary>A relative link, as the tools make them.</summary>
    public HubFolder Link(int commit, string file, string target, int day = 1)
    {
        var path = System.IO.Path.Combine(Snapshot(commit), file);
        var folder = Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!).FullName;
        File.CreateSymbolicLink(path, System.IO.Path.GetRelativePath(folder, target));
        File.SetLastWriteTimeUtc(path, FirstDay.AddDays(day));
        return this;
    }

    public HubFolder Unfinished()
    {
        models.Write($"{repository}/blobs/abc.incomplete", "half");
        return this;
    }
}

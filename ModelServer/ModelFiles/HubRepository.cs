using System.Text.RegularExpressions;

namespace ModelServer.ModelFiles;

/// <summary>A repository in the cache of Hugging Face's tools: <c>models--org--name/snapshots/&lt;commit&gt;/</c>, whose files are links into <c>blobs/</c>.</summary>
internal sealed partial class HubRepository
{
    private const int LongestName = 64;
    private const int LongestReference = 200;
    private static readonly EnumerationOptions Readable = new() { IgnoreInaccessible = true };
    private readonly string _folder;
    private readonly string[] _parts;

    /// <param name="root">The models folder, which no link may lead out of.</param>
    /// <param name="folder">Its folder in there.</param>
    public HubRepository(string root, string folder)
    {
        _folder = folder;
        _parts = Path.GetFileName(folder).Split("--")[1..];
        var main = Main(root);
        Snapshots = [.. Folders("snapshots").Where(f => Commit().IsMatch(Path.GetFileName(f)))
            .Select(f => (Folder: f, CameAt: CameAt(f)))
            .OrderBy(s => s.CameAt).ThenBy(s => Path.GetFileName(s.Folder) == main).ThenBy(s => s.Folder, StringComparer.Ordinal)
            .Select((s, i) => new HubSnapshot(s.Folder, $"{i + 1}", s.CameAt))];
    }

    /// <summary>As the hub names it: <c>org/name</c>.</summary>
    public string Id => string.Join('/', _parts);

    /// <summary>In the order in which they came, so that a later one never changes the version of an earlier one; of those that came in one second the one that <c>refs/main</c> names is last.</summary>
    public IReadOnlyList<HubSnapshot> Snapshots { get; }

    /// <summary>Names that it may be served by, the best first: its last part, and where another has that already all of it.</summary>
    public IEnumerable<string> Names => new[] { Valid(_parts[^1]), Valid(string.Join("--", _parts)) }.Where(ModelNames.IsName).Distinct();

    /// <summary>Where parts of files lie that are still being fetched.</summary>
    public string Blobs => Path.Combine(_folder, "blobs");

    public bool HasUnfinishedDownload => Directory.Exists(Blobs) && Directory.EnumerateFiles(Blobs, "*.incomplete", Readable).Any();

    public static bool IsOne(string folder) => Path.GetFileName(folder).StartsWith("models--", StringComparison.Ordinal) && Directory.Exists(Path.Combine(folder, "snapshots"));

    /// <summary>What the cache holds beside models, in the same form.</summary>
    public static bool IsOtherKind(string folder) => OtherKind().IsMatch(Path.GetFileName(folder)) && Directory.Exists(Path.Combine(folder, "snapshots"));

    private string[] Folders(string inside)
    {
        var folder = Path.Combine(_folder, inside);
        return Directory.Exists(folder) ? Directory.GetDirectories(folder, "*", Readable) : [];
    }

    /// <summary>The commit that <c>refs/main</c> names; null where there is none, or where it is a link that leads elsewhere.</summary>
    private string? Main(string root)
    {
        var file = new FileInfo(Path.Combine(_folder, "refs", "main"));
        if (!file.Exists || !ModelFolder.Holds(root, file.FullName)) return null;
        using var stream = file.OpenRead();
        Span<byte> text = stackalloc byte[LongestReference];
        return System.Text.Encoding.ASCII.GetString(text[..stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)]).Trim();
    }

    /// <summary>When the oldest file of a snapshot was put there, in whole seconds: neither reading nor adding files changes it. Of a link it is the link's own time.</summary>
    private static DateTime CameAt(string snapshot)
    {
        var files = new DirectoryInfo(snapshot).GetFiles("*", Readable);
        var time = files.Length > 0 ? files.Min(f => f.LastWriteTimeUtc) : Directory.GetLastWriteTimeUtc(snapshot);
        return time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));
    }

    private static string Valid(string name)
    {
        var text = Forbidden().Replace(name, "-").TrimStart('-', '.', '_');
        return text.Length > LongestName ? text[..LongestName] : text;
    }

    [GeneratedRegex(@"\A[0-9a-f]{7,64}\z")]
    private static partial Regex Commit();

    [GeneratedRegex(@"\A(datasets|spaces|kernels)--")]
    private static partial Regex OtherKind();

    [GeneratedRegex("[^A-Za-z0-9._-]")]
    private static partial Regex Forbidden();
}

/// <summary>One commit of a repository.</summary>
/// <param name="Version">Its place among the snapshots of its repository, from 1.</param>
internal sealed record HubSnapshot(string Folder, string Version, DateTime CameAt)
{
    private static readonly string[] Tokenizers = ["tokenizer.json", "vocab.txt", "vocab.json"];
    private static readonly string[] Weights = ["*.safetensors", "pytorch_model*.bin", "*.gguf", "tf_model.h5", "flax_model.msgpack"];

    /// <summary>Whether anything says that it is a transformer.</summary>
    public bool IsModel => HasTokenizer || File.Exists(Path.Combine(Folder, "config.json"));

    public bool HasTokenizer => Tokenizers.Any(file => File.Exists(Path.Combine(Folder, file)));

    /// <summary>A file with weights that the engine does not run; null where there is none.</summary>
    public string? OtherWeights => Directory.Exists(Folder) ? Weights.SelectMany(pattern => Directory.EnumerateFiles(Folder, pattern)).Select(Path.GetFileName).FirstOrDefault() : null;
}

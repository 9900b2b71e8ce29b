namespace AppHost.Pull;

/// <summary>One file of a repository at a commit.</summary>
/// <param name="Path">From the repository's root, with slashes; none leads out of it.</param>
/// <param name="Size">In bytes; null where the listing does not tell.</param>
/// <param name="Sha256">Of the content, in hexadecimal; told of large files.</param>
/// <param name="BlobId">Git's SHA-1 of the content, told of small files.</param>
internal sealed record HubFile(string Path, long? Size, string? Sha256, string? BlobId)
{
    /// <summary>What tells the content: a partial file is gone on with only where this is the same.</summary>
    public string Content(string commit) => Sha256 ?? BlobId ?? $"{commit}/{Path}";

    /// <summary>Whether a path is one inside a folder, on any system: no empty parts, no dots, no backslashes, drives or control characters.</summary>
    public static bool IsInside(string path)
        => path.Length is > 0 and <= 1024
            && path.IndexOfAny(['\\', ':', '*', '?', '"', '<', '>', '|']) < 0
            && !path.Any(char.IsControl)
            && Array.TrueForAll(path.Split('/'), part => part.Length > 0 && part[^1] is not ('.' or ' ') && part[0] != ' ');
}

/// <summary>What a repository holds at one commit.</summary>
/// <param name="Commit">Everything is fetched at it, however the branch moves meanwhile.</param>
internal sealed record HubListing(string Repository, string Commit, IReadOnlyList<HubFile> Files)
{
    public HubFile? Find(string path) => Files.FirstOrDefault(f => f.Path == path);
}

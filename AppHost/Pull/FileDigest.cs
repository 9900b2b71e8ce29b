using System.Security.Cryptography;
using System.Text;

namespace AppHost.Pull;

/// <summary>Compares a file with the checksum that the hub tells.</summary>
internal static class FileDigest
{
    /// <summary>By SHA-256 where the listing has it, else by the id that git gives the content, else by its size.</summary>
    public static async Task<bool> MatchesAsync(string path, HubFile file, CancellationToken cancellationToken)
    {
        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous | FileOptions.SequentialScan);
        if (content.Length != file.Size) return false;
        if (file.Sha256 is { } sha256) return Convert.ToHexString(await SHA256.HashDataAsync(content, cancellationToken)).Equals(sha256, StringComparison.OrdinalIgnoreCase);
        if (file.BlobId is not { } blob) return true;
        using var git = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        git.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        var buffer = new byte[1 << 16];
        while (await content.ReadAsync(buffer, cancellationToken) is > 0 and var read) git.AppendData(buffer.AsSpan(0, read));
        return Convert.ToHexString(git.GetHashAndReset()).Equals(blob, StringComparison.OrdinalIgnoreCase);
    }
}

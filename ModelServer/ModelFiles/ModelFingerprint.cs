using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ModelServer.ModelFiles;

/// <summary>SHA-256 of all that a version was loaded from: another content under the same version number is another fingerprint, and files that
/// nothing reads are neither opened nor counted.</summary>
internal static class ModelFingerprint
{
    private const int BufferBytes = 1 << 20;

    /// <summary>To be called once everything has been read that answers depend on; the graph and its weights count in any case.</summary>
    /// <param name="folder">The version.</param>
    /// <param name="graph">Full path of the graph that is served.</param>
    /// <exception cref="ModelLoadException">The graph is none, or its weights are missing, cut off or outside the models folder.</exception>
    public static string Of(ModelFolder folder, string graph)
    {
        GraphFiles.Check(folder, graph);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var relative in folder.Found)
        {
            // Name and content hashes have fixed lengths, so that nothing can move from one into the other.
            hash.AppendData(SHA256.HashData(MemoryMarshal.AsBytes(relative.AsSpan())));
            hash.AppendData(HashOf(Path.Combine(folder.Path, relative)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static byte[] HashOf(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (int read; (read = file.Read(buffer)) > 0;) hash.AppendData(buffer, 0, read);
            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

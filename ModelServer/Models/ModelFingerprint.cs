using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace ModelServer.Models;

/// <summary>SHA-256 of everything in a version's folder that can change its answers: another content under the same version number is
/// another fingerprint.</summary>
internal static class ModelFingerprint
{
    private const string GraphExtension = ".onnx";
    private static readonly EnumerationOptions Files = new() { RecurseSubdirectories = true, MaxRecursionDepth = 4 };

    /// <param name="folder">The version.</param>
    /// <param name="graph">Full path of the graph that is served; other variants and what belongs to them are left out.</param>
    public static string Of(ModelFolder folder, string graph)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var paths = Directory.EnumerateFiles(folder.Path, "*", Files).Select(path => Path.GetRelativePath(folder.Path, path)).Order(StringComparer.Ordinal);
        foreach (var relative in paths)
        {
            if (IsOfAnotherGraph(Path.GetFileName(relative), Path.GetFileName(graph)) || folder.Find(relative) is not { } path) continue;
            // Name and content hashes have fixed lengths, so that nothing can move from one into the other.
            hash.AppendData(SHA256.HashData(MemoryMarshal.AsBytes(relative.AsSpan())));
            using var file = File.OpenRead(path);
            hash.AppendData(SHA256.HashData(file));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>External data lies beside its graph as <c>model.onnx_data</c>, <c>model.onnx.data</c> or under any other name.</summary>
    private static bool IsOfAnotherGraph(string file, string graph)
        => file.Contains(GraphExtension, StringComparison.OrdinalIgnoreCase) && !file.StartsWith(graph, StringComparison.Ordinal);
}

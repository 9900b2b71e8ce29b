using System.Reflection.PortableExecutable;

namespace Publishing;

internal static class AssemblyFile
{
    /// <summary>Whether a file holds .NET code, rather than a Windows library's.</summary>
    public static bool IsManaged(string path)
    {
        using var file = File.OpenRead(path);
        try
        {
            using var reader = new PEReader(file);
            return reader.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}

using System.Runtime.InteropServices;

namespace ModelServer.Runtime;

/// <summary>The C library's heap, in which the engine keeps weights and plans.</summary>
internal static partial class NativeHeap
{
    /// <summary>Gives the system what was freed. Left alone, glibc keeps the pages that a model had used, and a server that switches versions grows for hours.</summary>
    public static void Trim()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which has its own ways.
        }
    }

    /// <param name="pad">Bytes to keep at the heap's top.</param>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint pad);
}

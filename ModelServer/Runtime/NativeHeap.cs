using System.Runtime.InteropServices;

namespace ModelServer.Runtime;

/// <summary>The C library's heap, in which the engine keeps weights and plans.</summary>
internal static partial class NativeHeap
{
    // Of malloc.h: the free bytes at the top of a part of the heap beyond which they are given back, and the size from which on a block is mapped by itself.
    private const int TrimThreshold = -1, MapThreshold = -3;

    /// <summary>Has what lies free at the top of each thread's part of the heap given back as it is freed. Left alone, glibc raises the threshold with the largest block
    /// it ever saw, <see cref="Trim"/> passes over all parts but the main one, and every load of a model leaves some 10 MB on another thread. Blocks below 32 MiB are
    /// not mapped one by one, as it is after a while by itself.</summary>
    public static void Configure()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            _ = SetOption(TrimThreshold, 4 << 20);
            _ = SetOption(MapThreshold, 32 << 20);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library than glibc, which has its own ways.
        }
    }

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

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int option, int value);
}

using System.Runtime.InteropServices;

namespace ModelServer.Runtime;

/// <summary>The shared libraries that the engine's CUDA provider needs, and which of them this machine cannot load.</summary>
internal static class CudaLibraries
{
    private static readonly (string Linux, string Windows, string Of)[] Needed =
    [
        ("libcuda.so.1", "nvcuda.dll", "the NVIDIA driver"),
        ("libcudart.so.13", "cudart64_13.dll", "CUDA 13"),
        ("libcublasLt.so.13", "cublasLt64_13.dll", "CUDA 13"),
        ("libcublas.so.13", "cublas64_13.dll", "CUDA 13"),
        ("libcurand.so.10", "curand64_10.dll", "CUDA 13"),
        ("libcudnn.so.9", "cudnn64_9.dll", "cuDNN 9"),
    ];

    /// <summary>Names each missing library and what it is part of; empty where all load.</summary>
    public static string[] Missing()
        => [.. Needed.Where(l => !Loads(OperatingSystem.IsWindows() ? l.Windows : l.Linux)).Select(l => $"{(OperatingSystem.IsWindows() ? l.Windows : l.Linux)} ({l.Of})")];

    /// <summary>Frees it again: a library of hundreds of megabytes must not stay in a process that goes on without it.</summary>
    private static bool Loads(string name)
    {
        if (!NativeLibrary.TryLoad(name, out var library)) return false;
        NativeLibrary.Free(library);
        return true;
    }
}

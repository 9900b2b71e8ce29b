using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace ModelServer.ModelFiles;

/// <summary>What sentence-transformers calls a graph in 8 bits: each name tells for which processors its integers were chosen. All run everywhere; on an x64 processor without
/// VNNI products of signed weights are added in 16 bits, which can overflow, so that unsigned ones come first there.</summary>
internal static class QuantizedNames
{
    private const string Arm = "qint8_arm64", Avx2 = "quint8_avx2", Avx512 = "qint8_avx512", Vnni = "qint8_avx512_vnni";

    /// <summary>The processor that this process runs on.</summary>
    public static Processor Here { get; } = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? Processor.Arm64 : HasVnni() ? Processor.X64WithVnni : Processor.X64;

    /// <summary>Those that suit a processor best come first.</summary>
    public static string[] On(Processor processor) => processor switch
    {
        Processor.Arm64 => [Arm, Avx2, Avx512, Vnni],
        Processor.X64WithVnni => [Vnni, Avx512, Avx2, Arm],
        _ => [Avx2, Avx512, Vnni, Arm],
    };

    /// <summary>AVX512_VNNI is bit 11 of ECX in leaf 7, AVX-VNNI has a class of its own.</summary>
    private static bool HasVnni() => AvxVnni.IsSupported || (X86Base.IsSupported && ((X86Base.CpuId(7, 0).Ecx >> 11) & 1) == 1);
}

internal enum Processor
{
    X64,
    X64WithVnni,
    Arm64,
}

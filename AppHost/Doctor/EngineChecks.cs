using System.Globalization;

namespace AppHost.Doctor;

/// <summary>The engine's library, as the model server loads it.</summary>
internal static class EngineCheck
{
    private const string Name = "ONNX Runtime";

    public static DoctorResult Of(ServerReport? report, string? failure) => report switch
    {
        null => DoctorResult.Fail(Name, $"It could not be tried: {failure}.", "build again: dotnet build AppHost"),
        { EngineVersion: { } version } => DoctorResult.Ok(Name, $"{version}, {(report.HasCudaProvider ? "with CUDA" : "for the CPU")}"),
        _ => DoctorResult.Fail(
            Name,
            $"Its library cannot be loaded: {report.EngineError}",
            OperatingSystem.IsWindows() ? "install the Visual C++ redistributable 2022, and build again" : "install glibc 2.28 and libstdc++ (GCC 11) or later, and build again: dotnet build AppHost"),
    };
}

/// <summary>What the engine needs for a GPU; missing is a failure where CUDA was asked for by name.</summary>
internal static class CudaCheck
{
    private const string Name = "CUDA";
    private const string Fix = "install an NVIDIA driver, CUDA 13 and cuDNN 9, put their folders on LD_LIBRARY_PATH (PATH on Windows), or start with --device cpu";

    public static DoctorResult Of(ServerReport? report, bool isNeeded) => report switch
    {
        null => DoctorResult.Warn(Name, "Not tried, as the engine could not be."),
        { HasCudaProvider: false } when isNeeded => DoctorResult.Fail(Name, "This build of the engine has no CUDA: --device cuda cannot be.", "build on linux-x64 or win-x64 without -p:Device=cpu, or start with --device cpu"),
        { HasCudaProvider: false } => DoctorResult.Ok(Name, "not in this build; the CPU is used"),
        { MissingCudaLibraries: [] } => DoctorResult.Ok(Name, "driver, CUDA 13 and cuDNN 9 load"),
        { MissingCudaLibraries: var missing } when isNeeded => DoctorResult.Fail(Name, $"--device cuda needs libraries that cannot be loaded: {string.Join(", ", missing)}", Fix),
        { MissingCudaLibraries: var missing } => DoctorResult.Ok(Name, $"not usable, the CPU is used (cannot be loaded: {string.Join(", ", missing)})"),
    };
}

/// <summary>GPUs as the driver's own tool lists them.</summary>
internal static class GpuCheck
{
    private const string Name = "GPU";
    private const int OldestDriver = 580;
    private const int LittleMiB = 2048;

    public static readonly string[] Query = ["--query-gpu=name,driver_version,memory.total,memory.free", "--format=csv,noheader,nounits"];

    /// <param name="answer">Of <c>nvidia-smi</c>; null where there is none.</param>
    public static DoctorResult Of(ToolAnswer? answer, bool isNeeded)
    {
        if (answer is not { ExitCode: 0, Output.Length: > 0 })
        {
            var finding = answer is null ? "nvidia-smi is not here" : $"nvidia-smi says: {answer.FirstLine}";
            return isNeeded ? DoctorResult.Fail(Name, $"No GPU can be seen: {finding}.", "install the NVIDIA driver, give the container its GPU, or start with --device cpu") : DoctorResult.Ok(Name, $"none ({finding})");
        }

        var gpus = answer.Output.Split('\n').Select(line => line.Split(',', StringSplitOptions.TrimEntries)).Where(cells => cells.Length == 4).ToArray();
        if (gpus.Length == 0) return DoctorResult.Warn(Name, $"nvidia-smi says what is not understood: {answer.FirstLine}");
        var words = string.Join("; ", gpus.Select(gpu => $"{gpu[0]}, {gpu[3]} of {gpu[2]} MiB free, driver {gpu[1]}"));
        if (gpus.Any(gpu => Number(gpu[1].Split('.')[0]) < OldestDriver))
        {
            var fix = $"install a driver {OldestDriver} or later";
            return isNeeded ? DoctorResult.Fail(Name, $"{words}: CUDA 13 needs driver {OldestDriver}.", fix) : DoctorResult.Warn(Name, $"{words}: CUDA 13 needs driver {OldestDriver}.", fix);
        }

        return gpus.All(gpu => Number(gpu[3]) < LittleMiB) ? DoctorResult.Warn(Name, $"{words}: little is free.", "end what uses it (nvidia-smi lists it), or start with --device cpu") : DoctorResult.Ok(Name, words);
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.MaxValue;
}

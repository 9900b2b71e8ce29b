using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using ModelServer.ModelFiles;
using ModelServer.Runtime;

namespace ModelServer.Doctor;

/// <summary><c>ModelServer doctor DIR</c>: looks at what a server would need, prints it as JSON and serves nothing. In this program, because the engine's library is tried
/// as it would be used: here, and in no process that goes on.</summary>
internal static class DoctorCommand
{
    private const string Name = "doctor";

    /// <returns>Whether it was the doctor that was asked for; then it has answered.</returns>
    public static bool Ran(string[] args)
    {
        if (args is not [Name, var folder]) return false;
        Console.Out.WriteLine(JsonSerializer.Serialize(Look(folder), DoctorJson.Default.DoctorReport));
        return true;
    }

    internal static DoctorReport Look(string folder)
    {
        var (version, error) = Engine();
        return new(version, error, HasCudaProvider(), CudaLibraries.Missing(), Models(folder));
    }

    private static (string? Version, string? Error) Engine()
    {
        try
        {
            return (OrtEnv.Instance().GetVersionString(), null);
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or OnnxRuntimeException)
        {
            return (null, (e.InnerException ?? e).Message);
        }
    }

    private static bool HasCudaProvider()
    {
        var library = OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so";
        return Directory.EnumerateFiles(AppContext.BaseDirectory, library, SearchOption.AllDirectories).Any();
    }

    private static DoctorModel[] Models(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        return
        [
            .. ModelFolder.Scan(folder).Select(version => new DoctorModel(version.Name, version.Version, Bytes(version), Reason(version)))
                .Concat(MisplacedModel.Scan(folder).Select(m => new DoctorModel(m.Name, m.Version, 0, m.Reason)))
                .OrderBy(m => m.Name, StringComparer.Ordinal).ThenBy(m => m.Version, StringComparer.Ordinal),
        ];
    }

    /// <summary>Reads the small files, and of a graph what it consists of; weights are only measured.</summary>
    private static string? Reason(ModelFolder folder)
    {
        try
        {
            var source = ModelSource.Read(folder);
            _ = source.Tokenizer;
            if (!source.IsTokenizerAlone) GraphFiles.Check(folder, source.Graph);
            return null;
        }
        catch (ModelLoadException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "A file of it cannot be read by this user.";
        }
    }

    private static long Bytes(ModelFolder folder)
    {
        try
        {
            return folder.HasGraph() ? GraphFiles.Bytes(GraphChoice.Of(folder, ServingConfig.Read(folder)).Path) : 0;
        }
        catch (Exception e) when (e is ModelLoadException or IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}

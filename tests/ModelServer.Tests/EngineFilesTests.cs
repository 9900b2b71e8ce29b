using System.Runtime.InteropServices;

namespace ModelServer.Tests;

public class EngineFilesTests
{
    /// <summary>The engine's package brings the libraries of Linux and Windows both, half a gigabyte; an output is for one of them.</summary>
    [Fact]
    public void Output_WithTheGpuEngine_HoldsOnePlatformsLibraries()
    {
        var folders = Directory.EnumerateFiles(AppContext.BaseDirectory, "*onnxruntime_providers_cuda*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(AppContext.BaseDirectory, Path.GetDirectoryName(file)!))
            .Distinct();

        // Without CUDA on this platform there are none.
        Assert.All(folders, folder => Assert.Equal(Path.Combine("runtimes", RuntimeInformation.RuntimeIdentifier, "native"), folder));
    }
}

using ModelServer.ModelFiles;
using Testing;

namespace ModelServer.Tests.ModelFiles;

public sealed class GraphFilesTests : IDisposable
{
    private static readonly string Graph = Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx");
    private readonly string _root = Directory.CreateTempSubdirectory("graph-").FullName;

    private string Model => Path.Combine(_root, "model.onnx");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Bytes_WeightsThatOnlyTheGraphNames_AreCounted()
    {
        File.Copy(Graph, Model);
        Write("in/weights.bin", 5_000);
        Write("in/other.bin", 70_000);

        Assert.Equal(new FileInfo(Graph).Length + 5_000, GraphFiles.Bytes(Model));
        Assert.Equal(["in/weights.bin"], ExternalData.LocationsOf(Model).Keys);
    }

    [Fact]
    public void Bytes_WeightsNamedAfterTheGraph_AreCountedWhateverTheGraphSays()
    {
        File.WriteAllText(Model, "no graph");
        Write("model.onnx_data", 3_000);

        Assert.Equal(8 + 3_000, GraphFiles.Bytes(Model));
    }

    /// <summary>A link counted as the few bytes of its own.</summary>
    [NeedsFact(Need.Linux)]
    public void Bytes_BehindLinks_AreThoseOfTheFilesOnce()
    {
        File.CreateSymbolicLink(Model, Graph);
        Write("blob", 5_000);
        Directory.CreateDirectory(Path.Combine(_root, "in"));
        File.CreateSymbolicLink(Path.Combine(_root, "in", "weights.bin"), Path.Combine(_root, "blob"));
        File.CreateSymbolicLink(Path.Combine(_root, "model.onnx_data"), Path.Combine(_root, "in", "weights.bin"));

        Assert.Equal(new FileInfo(Graph).Length + 5_000, GraphFiles.Bytes(Model));
    }

    private void Write(string relative, int bytes)
    {
        var path = Path.Combine(_root, relative);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
    }
}

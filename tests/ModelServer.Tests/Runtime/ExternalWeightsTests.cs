using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ModelServer.Encoders;
using ModelServer.ModelFiles;
using ModelServer.Runtime;
using Testing;

namespace ModelServer.Tests.Runtime;

/// <summary>Weights in a file of their own: inside the model's folder they load, outside they are not read.</summary>
public sealed class ExternalWeightsTests : IDisposable
{
    private const string Inside = "in/weights.bin";
    private const string Outside = "../weights.bin";
    private readonly string _root = Directory.CreateTempSubdirectory("weights-").FullName;

    public ExternalWeightsTests() => Directory.CreateDirectory(Path.Combine(Folder, "in"));

    private string Folder => Path.Combine(_root, "model");

    [Fact]
    public void Load_WeightsBesideTheGraph_Loads()
    {
        Write(Inside);

        Load(Inside).Dispose();
    }

    [Fact]
    public void Load_WeightsOutsideTheFolder_IsRefused()
    {
        Write(Outside);

        Assert.Throws<ModelLoadException>(() => Load(Outside));
    }

    [NeedsFact(Need.Linux)]
    public void Load_WeightsBehindALinkThatLeadsOut_IsRefused()
    {
        Write(Outside);
        File.CreateSymbolicLink(Path.Combine(Folder, Inside), Path.Combine(_root, "weights.bin"));

        Assert.Throws<ModelLoadException>(() => Load(Inside));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string relative) => File.WriteAllBytes(Path.Combine(Folder, relative), new byte[6 * 2 * sizeof(float)]);

    private EncoderSession Load(string location)
    {
        var graph = File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx"));
        Encoding.UTF8.GetBytes(location).CopyTo(graph, graph.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Inside)));
        var path = Path.Combine(Folder, "model.onnx");
        File.WriteAllBytes(path, graph);
        var device = new ExecutionDevice(Options.Create(new InferenceOptions { Device = DeviceKind.Cpu }), NullLogger<ExecutionDevice>.Instance);
        return new EncoderSession(path, device, [new OutputChoice(["logits"], 2)], 0, RowReaders.Copy);
    }
}

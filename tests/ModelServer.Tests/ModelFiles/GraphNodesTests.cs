using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class GraphNodesTests : IDisposable
{
    private static readonly string Graph = Path.Combine(SmallModels.Folder("tiny-decoder-shared"), "model.onnx");
    private readonly TemporaryModels _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Read_Graph_GivesItsOperatorsInOrder()
    {
        var nodes = GraphNodes.Read(Graph);

        var attention = nodes.Where(n => n.Operator == "com.microsoft.GroupQueryAttention").ToList();
        Assert.Equal(2, attention.Count);
        Assert.Equal(["past_key_values.1.key", "past_key_values.1.value"], attention[1].Inputs[3..5]);
        Assert.Equal(["mixed_1", "present.1.key", "present.1.value"], attention[1].Outputs);
        Assert.Equal("MatMul", nodes[^1].Operator);
        Assert.Equal(["logits"], nodes[^1].Outputs);
    }

    [Fact]
    public void Read_AnyDamagedFile_EndsWithNodesOrAReason()
    {
        var whole = File.ReadAllBytes(Graph);
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var bytes = whole[..random.Next(2, whole.Length)];
            // Lengths and field numbers stand mostly near the beginning.
            for (var hit = 0; hit < 3; hit++) bytes[random.Next(Math.Min(bytes.Length, 4000))] = (byte)random.Next(256);
            var path = _files.Write("damaged.onnx", "");
            File.WriteAllBytes(path, bytes);
            if (Record.Exception(() => GraphNodes.Read(path)) is { } refusal) Assert.IsType<ModelLoadException>(refusal);
        }
    }
}

using ModelServer.ModelFiles;
using Testing;

namespace ModelServer.Tests.ModelFiles;

public sealed class ExternalDataTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("graph-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Locations_OfAnInitializer_AreRead()
        => Assert.Equal(new Dictionary<string, long> { ["in/weights.bin"] = 48 }, ExternalData.LocationsOf(Path.Combine(RepositoryPaths.Root, "tests", "ModelServer.Tests", "fixtures", "external-weights.onnx")));

    [Fact]
    public void Locations_OfAGraphWithItsWeightsInside_AreNone()
        => Assert.Empty(ExternalData.LocationsOf(Path.Combine(RepositoryPaths.Models, "sentiment", "1", "model.onnx")));

    [Fact]
    public void Locations_WhereverATensorMayStand_AreRead()
    {
        var inSubgraph = Field(5, Tensor("subgraph"));
        byte[] graph = [
            .. Field(5, Tensor("initializer")), .. Field(5, Tensor("initializer")),
            .. Field(15, [.. Field(1, Tensor("values")), .. Field(2, Tensor("indices"))]),
            .. Field(1, [.. Field(5, Field(5, Tensor("attribute"))), .. Field(5, Field(6, inSubgraph)), .. Field(5, Field(10, Tensor("list")))]),
        ];
        var function = Field(25, Field(7, Field(5, Field(5, Tensor("function")))));

        Assert.Equal(["attribute", "function", "indices", "initializer", "list", "subgraph", "values"], ExternalData.LocationsOf(Write([.. Field(7, graph), .. function])).Keys);
    }

    [Fact]
    public void Locations_OfNoGraph_AreRefused() => Assert.Throws<ModelLoadException>(() => ExternalData.LocationsOf(Write("not a graph"u8.ToArray())));

    /// <summary>Made as long as it will be and filled no further: read to its end, zeros would be fields for minutes.</summary>
    [Fact]
    public void Locations_GraphFilledWithZeros_AreRefusedAtOnce()
    {
        var path = Write(File.ReadAllBytes(Path.Combine(SmallModels.Folder("tiny-embedding"), "model.onnx")));
        using (var file = File.OpenWrite(path)) file.SetLength(1L << 40);

        Assert.Throws<ModelLoadException>(() => ExternalData.LocationsOf(path));
    }

    /// <summary>Walked to its end, it would be the end of the stack and of the process.</summary>
    [Fact]
    public void Locations_GraphsWithinGraphsWithoutEnd_AreRefused()
    {
        var graph = Tensor("innermost");
        for (var level = 0; level < 3000; level++) graph = Field(1, Field(5, Field(6, graph)));

        Assert.Throws<ModelLoadException>(() => ExternalData.LocationsOf(Write(Field(7, graph))));
    }

    [Fact]
    public void Locations_LengthBeyondAnyFile_IsRefused()
        => Assert.Throws<ModelLoadException>(() => ExternalData.LocationsOf(Write([0x08, 0x01, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F])));

    private string Write(byte[] model)
    {
        var path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, model);
        return path;
    }

    private static byte[] Tensor(string location)
        => [.. Field(8, "name"u8.ToArray()), .. Field(13, [.. Field(1, "location"u8.ToArray()), .. Field(2, System.Text.Encoding.UTF8.GetBytes(location))]), .. Field(13, [.. Field(1, "offset"u8.ToArray()), .. Field(2, "0"u8.ToArray())])];

    /// <summary>A length-delimited field of protobuf.</summary>
    private static byte[] Field(int number, byte[] content) => [.. Varint((number << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Varint(int value) => value < 0x80 ? [(byte)value] : [(byte)(value | 0x80), .. Varint(value >> 7)];
}

using ModelServer.Embed;
using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.SentenceTransformers;

public sealed class VectorHeadTests(VectorModels models) : IClassFixture<VectorModels>, IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public async Task Embed_ModulesBehindThePooling_AreThoseOfNumpy()
    {
        foreach (var expected in VectorModels.Expected("heads"))
        {
            var body = await models.PostAsync("/v1/embeddings", new { input = expected.GetProperty("text").GetString(), model = "heads" });

            JsonReading.AssertClose(expected.Floats("vector"), body.GetProperty("data")[0].Floats("embedding"));
        }
    }

    [Theory]
    [InlineData("2_Dense/config.json", "torch.nn.modules.activation.Tanh", "torch.nn.modules.activation.GELU", "GELU")]
    [InlineData("2_Dense/config.json", "\"torch.nn.modules.activation.Tanh\"", "null", "activation_function")]
    [InlineData("2_Dense/config.json", "\"in_features\": 16", "\"in_features\": 17", "[12, 16]")]
    [InlineData("2_Dense/config.json", "\"out_features\": 12", "\"out_features\": 0", "at least 1")]
    [InlineData("2_Dense/config.json", "\"bias\": true", "\"module_input_name\": \"token_embeddings\"", "token_embeddings")]
    [InlineData("2_Dense/config.json", "\"bias\": true", "\"module_output_name\": \"other\"", "other")]
    [InlineData("4_Dense/config.json", "\"bias\": false", "\"bias\": true", "linear.bias")]
    [InlineData("3_LayerNorm/config.json", "12", "11", "norm.weight")]
    [InlineData("modules.json", "LayerNorm\"", "WeightedLayerPooling\"", "WeightedLayerPooling")]
    [InlineData("modules.json", "models.Pooling", "models.Normalize", "Normalize")]
    [InlineData("modules.json", "models.LayerNorm", "models.Pooling", "Pooling")]
    [InlineData("modules.json", "6_Dense", "../../../6_Dense", "leads out")]
    [InlineData("modules.json", "4_Dense", "2_Dense", "gives 12 numbers and the next takes 16")]
    public void Read_WhatIsNotSupported_IsRefusedByName(string file, string part, string other, string named)
    {
        var folder = VectorModels.Heads(_models);
        var path = Path.Combine(folder, file);
        var changed = File.ReadAllText(path).Replace(part, other, StringComparison.Ordinal);
        Assert.NotEqual(File.ReadAllText(path), changed);
        File.WriteAllText(path, changed);

        Assert.Contains(named, Assert.Throws<ModelLoadException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Pickle_IsRefusedByName()
    {
        var folder = VectorModels.Heads(_models);
        File.Move(Path.Combine(folder, "4_Dense", "model.safetensors"), Path.Combine(folder, "4_Dense", "pytorch_model.bin"));

        Assert.Contains("4_Dense/pytorch_model.bin is a pickle", Assert.Throws<ModelLoadException>(Read).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(folder, "4_Dense", "pytorch_model.bin"));
        Assert.Contains("4_Dense/model.safetensors", Assert.Throws<ModelLoadException>(Read).Message, StringComparison.Ordinal);
    }

    private EmbeddingSettings Read() => EmbeddingSettings.Read(new ModelFolder(_models.Path, "heads", "1"), new());
}

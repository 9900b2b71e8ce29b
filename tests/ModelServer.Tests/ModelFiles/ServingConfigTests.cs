using ModelServer.ModelFiles;
using ModelServer.Tests.Models;

namespace ModelServer.Tests.ModelFiles;

public sealed class ServingConfigTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    public void Dispose() => _models.Dispose();

    [Fact]
    public void Read_NoFile_HasDefaults()
    {
        var config = ServingConfig.Read(Folder());

        Assert.Null(config.Variant);
        Assert.Empty(config.Golden);
    }

    [Theory]
    [InlineData("""{"varaint":"int8"}""", "varaint")]
    [InlineData("""{"variant":"../x"}""", "variant")]
    [InlineData("""{"maxTokens":0}""", "maxTokens")]
    [InlineData("""{"draftTokens":-1}""", "draftTokens")]
    [InlineData("""{"draftTokens":17}""", "draftTokens")]
    [InlineData("""{"draftTokens":"all"}""", "serving.json")]
    [InlineData("""{"golden":[{"text":"a"}]}""", "serving.json")]
    [InlineData("""{"golden":[{"text":"a","label":"b"}]}""", "golden case 0")]
    [InlineData("""{"golden":[{"text":"a","embedding":[]}]}""", "golden case 0")]
    [InlineData("""{"golden":[{"text":"a","label":"b","score":1,"embedding":[1]}]}""", "golden case 0")]
    [InlineData("""{"pooling":"median"}""", "pooling")]
    [InlineData("""{"pooling":1}""", "pooling")]
    [InlineData("""{"normalize":"yes"}""", "normalize")]
    [InlineData("""{""", "serving.json")]
    public void Read_Mistake_IsRefusedByName(string json, string named)
    {
        _models.Write("a/1/serving.json", json);

        Assert.Contains(named, Assert.Throws<ModelLoadException>(() => ServingConfig.Read(Folder())).Message, StringComparison.Ordinal);
    }

    /// <summary>The reason is shown to clients: the serializer's own text named .NET's types.</summary>
    [Theory]
    [InlineData("""{"varaint":"int8"}""")]
    [InlineData("""{"maxTokens":"many"}""")]
    [InlineData("nonsense")]
    public void Read_Mistake_SpeaksOfTheFileAlone(string json)
    {
        _models.Write("a/1/serving.json", json);

        var reason = Assert.Throws<ModelLoadException>(() => ServingConfig.Read(Folder())).Message;

        Assert.StartsWith("serving.json is not what it should be in line 1", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", reason, StringComparison.Ordinal);
        Assert.DoesNotContain(".NET", reason, StringComparison.Ordinal);
    }

    private ModelFolder Folder() => new(_models.Path, "a", "1");
}

using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tokenize;

namespace ModelServer.Tests.Models;

public sealed class ModelFactoryTests : IDisposable
{
    private readonly TemporaryModels _models = new();

    [Fact]
    public void Load_TaskThatNobodyServes_NamesThoseThatAre()
    {
        _models.Write("a/1/serving.json", """{"task":"summarise"}""");

        var refused = Assert.Throws<ModelLoadException>(() => Load(new FakeTask("classify"), new TokenizerTask()));

        Assert.Equal("serving.json: task 'summarise' is not one of classify, tokenizer.", refused.Message);
    }

    [Fact]
    public void Load_NoTaskRecognisesTheFolder_SaysWhereToNameOne()
    {
        _models.Write("a/1/model.onnx", "");
        _models.Write("a/1/config.json", """{"architectures":["SomethingForSpeech"]}""");

        Assert.Contains("\"task\" in serving.json", Assert.Throws<ModelLoadException>(() => Load(new TokenizerTask())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TaskNamedInServingJson_IsNotAskedWhetherItRecognisesTheFolder()
    {
        _models.Write("a/1/serving.json", """{"task":"classify"}""");

        Assert.Equal("classify", Load(new FakeTask("other"), new FakeTask("classify")).Task);
    }

    [Fact]
    public void Load_GoldenCaseFails_FreesTheModel()
    {
        _models.Write("a/1/serving.json", """{"task":"classify","golden":[{"text":"a","label":"b","score":1}]}""");
        var task = new FakeTask("classify");

        Assert.Throws<ModelLoadException>(() => Load(task));

        Assert.True(task.Loaded!.IsFreed);
    }

    public void Dispose() => _models.Dispose();

    private LoadedModel Load(params ITask[] tasks) => new ModelFactory(tasks).Load(new ModelFolder(_models.Path, "a", "1"), CancellationToken.None);

    private sealed class FakeTask(string name) : ITask
    {
        public string Name => name;

        public FakeModel? Loaded { get; private set; }

        public bool Recognises(ModelSource source) => throw new InvalidOperationException("The folder names its task.");

        public LoadedModel Load(ModelSource source, CancellationToken cancellationToken) => Loaded = new FakeModel(name, source);
    }
}

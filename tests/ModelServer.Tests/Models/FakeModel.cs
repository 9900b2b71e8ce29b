using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tokenization;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Models;

/// <summary>A model that answers nothing, for those who read what it says of itself.</summary>
internal sealed class FakeModel(string task, ModelSource source)
    : LoadedModel(task, new(source.Folder, source.Config, source.Serving) { Tokenizer = SomeTokenizer }, 16)
{
    private static readonly HuggingFaceTokenizer SomeTokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-multilabel"));

    public FakeModel(string task)
        : this(task, new(new ModelFolder(SmallModels.Root, "tiny-multilabel", "1"), new(), new()))
    {
    }

    public bool IsFreed { get; private set; }

    protected override void Free() => IsFreed = true;
}

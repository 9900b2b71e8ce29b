using ModelServer.ModelFiles;
using ModelServer.Models;
using ModelServer.Tokenization.Files;

namespace ModelServer.Tests.Models;

/// <summary>A model that answers nothing, for those who read its task alone.</summary>
internal sealed class FakeModel(string task) : LoadedModel(task, Source, 16)
{
    private static new ModelSource Source { get; } = new(new ModelFolder("models", "fake", "1"), new(), new())
    {
        Tokenizer = TokenizerLoader.Load(SmallModels.Folder("tiny-multilabel")),
    };
}

using ModelServer.ModelFiles;
using ModelServer.Models;

namespace ModelServer.Tests.Models;

/// <summary>A model that answers nothing, for those who read its task alone.</summary>
internal sealed class FakeModel(string task) : LoadedModel(task, Source, 16)
{
    private static new ModelSource Source { get; } = new(new ModelFolder(SmallModels.Root, "tiny-multilabel", "1"), new(), new());
}

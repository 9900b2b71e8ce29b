using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Recognises and loads one kind of model. Each feature has its own, added by <see cref="ModelsExtensions.AddTask"/>.</summary>
internal interface ITask
{
    /// <summary>In the words of the Hugging Face hub.</summary>
    string Name { get; }

    /// <summary>Whether a version whose <c>serving.json</c> names no task is of this kind; no more than one task says so.</summary>
    bool Recognises(ModelSource source);

    /// <summary>Loads a version and warms it up.</summary>
    /// <exception cref="ModelLoadException">The folder does not hold a model of this kind that this server can serve.</exception>
    LoadedModel Load(ModelSource source, CancellationToken cancellationToken);
}

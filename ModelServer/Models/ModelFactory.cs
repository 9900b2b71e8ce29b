using ModelServer.ModelFiles;

namespace ModelServer.Models;

/// <summary>Turns a version's folder into something that serves: picks the task, lets it load, checks the golden cases.</summary>
internal sealed class ModelFactory(IEnumerable<ITask> tasks)
{
    private readonly ITask[] _tasks = [.. tasks];

    /// <exception cref="ModelLoadException">The folder does not hold a model that this server can serve.</exception>
    /// <exception cref="Runtime.DeviceException">The configured device does not work.</exception>
    public LoadedModel Load(ModelFolder folder, CancellationToken cancellationToken)
    {
        var source = ModelSource.Read(folder);
        var loaded = TaskOf(source).Load(source, cancellationToken);
        try
        {
            GoldenCheck.VerifyAll(loaded);
            return loaded;
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    private ITask TaskOf(ModelSource source)
    {
        if (source.Serving.Task is not { } name)
            return _tasks.FirstOrDefault(t => t.Recognises(source))
                ?? throw new ModelLoadException("config.json does not tell a task that is served (architectures); set \"task\" in serving.json.");
        return _tasks.FirstOrDefault(t => t.Name == name)
            ?? throw new ModelLoadException($"serving.json: task '{name}' is not one of {string.Join(", ", _tasks.Select(t => t.Name))}.");
    }
}

using Microsoft.Extensions.Options;

namespace ModelServer.Models;

/// <summary>Refuses a version that will not fit before any of it is read. The rule: the graph and its external data, times 2.5
/// (weights, the engine's reordered copies, activations), must fit into the memory the process may use less what it uses now.</summary>
internal sealed class LoadMemory(IOptions<ModelsOptions> options)
{
    private const double BytesPerGraphByte = 2.5;
    private const double MiB = 1 << 20;

    /// <exception cref="ModelMemoryException">The version does not fit.</exception>
    public void Check(ModelFolder folder) => Check(GraphBytes(folder) * BytesPerGraphByte, "The model");

    /// <summary>The same for what a part of a model will take.</summary>
    /// <exception cref="ModelMemoryException">It does not fit.</exception>
    public void Check(double needed, string what)
    {
        var limit = options.Value.MemoryLimitBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var available = Math.Max(0, limit - Environment.WorkingSet);
        if (needed > available)
            throw new ModelMemoryException(FormattableString.Invariant($"{what} needs about {needed / MiB:F0} MiB; {available / MiB:F0} MiB are left."));
    }

    private static long GraphBytes(ModelFolder folder)
    {
        string graph;
        try
        {
            graph = ModelFactory.FindGraph(folder, ServingConfig.Read(folder).Variant);
        }
        catch (ModelLoadException)
        {
            // Loading will say what is wrong with it.
            return 0;
        }

        // External data lies beside its graph, named after it: model.onnx_data, model.onnx.data.
        return new FileInfo(graph).Directory!.EnumerateFiles(Path.GetFileName(graph) + "*").Sum(f => f.Length);
    }
}

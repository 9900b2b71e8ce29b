using AppHost.Replicas;

namespace AppHost.Startup;

/// <summary>One line a model version; one a replica where they differ.</summary>
internal static class ModelLines
{
    /// <param name="replicas">The models of each replica that runs, by its name.</param>
    public static IEnumerable<string> Of(IReadOnlyDictionary<string, ModelState[]> replicas, string folder)
    {
        foreach (var version in replicas.SelectMany(replica => replica.Value.Select(model => (Replica: replica.Key, Model: model))).GroupBy(found => found.Model.Reference))
        {
            var words = version.GroupBy(found => found.Model.Words).ToArray();
            var isAlike = words.Length == 1 && version.Count() == replicas.Count;
            foreach (var alike in words)
                yield return $"Model      {version.Key}  {alike.Key}{(isAlike ? "" : $"  ({string.Join(", ", alike.Select(found => found.Replica))})")}";
        }

        if (replicas.Count == 0) yield return "No model is served: no model server runs.";
        else if (replicas.Values.All(models => models.Length == 0)) yield return $"No model is ready: {folder} holds no folder <name>/<version>.";
        else if (!replicas.Values.Any(models => models.Any(model => model.IsReady))) yield return "No model is ready: requests are answered 503 until one is.";
    }
}

using System.Diagnostics.Metrics;

namespace ModelServer.Shadows;

/// <summary>Counts what became of the requests that were to be asked again.</summary>
internal sealed class ShadowMetrics(IMeterFactory meters)
{
    private readonly Counter<long> _requests = meters.Create("ModelServer").CreateCounter<long>(
        "model.shadow.requests", "{request}", "Requests of a version in shadow, by outcome: agreed, differed, error, skipped (it cannot be asked the same), dropped (no room).");

    /// <param name="model"><c>name:version</c> of the shadow.</param>
    public void Ended(string model, string outcome) => _requests.Add(1, new("model", model), new("outcome", outcome));
}

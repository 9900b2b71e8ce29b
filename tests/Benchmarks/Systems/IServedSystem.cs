using Benchmarks.Models;

namespace Benchmarks.Systems;

/// <summary>Something that answers <c>POST /predict</c>.</summary>
internal interface IServedSystem
{
    string Name { get; }

    bool Serves(ModelVariant variant);

    /// <summary>Starts it, ready to answer. What is returned must be disposed before another is started.</summary>
    Task<RunningServer> StartAsync(ModelVariant variant, CancellationToken cancellation);
}

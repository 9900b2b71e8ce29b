using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Tensors;

/// <summary>A loaded graph as those see it who bring its inputs themselves.</summary>
/// <param name="session">Whoever made it frees it, after the last run.</param>
internal sealed class TensorGraph(InferenceSession session)
{
    private readonly string[] _inputNames = [.. session.InputMetadata.Keys];

    /// <summary>Those of a type that the protocol has a word for: all, in any graph that is served.</summary>
    public TensorSpec[] Inputs { get; } = Specs(session.InputMetadata);

    public TensorSpec[] Outputs { get; } = Specs(session.OutputMetadata);

    /// <summary>Whether the first axis of everything that goes in and comes out is free and of one name, so that rows of several requests can share a run. That a row's
    /// answer depends on no other row is for whoever loads the graph to know.</summary>
    public bool HasRows { get; } = HasOneFirstAxis([.. session.InputMetadata.Values, .. session.OutputMetadata.Values]);

    /// <param name="inputs">In the order of <see cref="Inputs"/>.</param>
    /// <returns>In the order of the names; the caller's to dispose of.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunLease run, OrtValue[] inputs, string[] outputs) => run.Run(session, _inputNames, inputs, outputs);

    private static TensorSpec[] Specs(IReadOnlyDictionary<string, NodeMetadata> nodes)
        => [.. nodes.Where(n => TensorType.Of(n.Value.ElementDataType) is not null).Select(n => new TensorSpec(
            n.Key, TensorType.Of(n.Value.ElementDataType)!, Array.ConvertAll(n.Value.Dimensions, d => (long)Math.Max(d, -1)), n.Value.SymbolicDimensions))];

    private static bool HasOneFirstAxis(NodeMetadata[] nodes)
        => Array.TrueForAll(nodes, n => n.IsTensor && n.Dimensions is [< 0, ..] && n.SymbolicDimensions[0] == nodes[0].SymbolicDimensions[0]);
}

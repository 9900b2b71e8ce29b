using Microsoft.ML.OnnxRuntime;
using ModelServer.Runtime;

namespace ModelServer.Tensors;

/// <summary>A loaded graph as those see it who bring its inputs themselves.</summary>
/// <param name="session">Whoever made it frees it, after the last run.</param>
internal sealed class TensorGraph(InferenceSession session)
{
    private static readonly string[] Padded = ["input_ids", "attention_mask", "token_type_ids", "position_ids"];
    private readonly string[] _inputNames = [.. session.InputMetadata.Keys];
    private bool? _hasColumns;

    /// <summary>Those of a type that the protocol has a word for: all, in any graph that is served.</summary>
    public TensorSpec[] Inputs { get; } = Specs(session.InputMetadata);

    public TensorSpec[] Outputs { get; } = Specs(session.OutputMetadata);

    /// <summary>Whether the first axis of everything that goes in and comes out is free and of one name, so that rows of several requests can share a run. That a row's
    /// answer depends on no other row is for whoever loads the graph to know.</summary>
    public bool HasRows { get; } = HasOneFirstAxis([.. session.InputMetadata.Values, .. session.OutputMetadata.Values]);

    /// <summary>Whether it is a text encoder's whose rows of different lengths can share a run, the shorter ones padded and masked as those of texts are: all inputs
    /// are <c>[rows, columns]</c> with a mask among them, and each output has a vector for each row, or one for each column.</summary>
    public bool HasColumns => _hasColumns ??= HasRows && Array.Exists(Inputs, i => i.Name == "attention_mask") && Array.TrueForAll(Inputs, IsOfColumns) && Array.TrueForAll(Outputs, IsPerRowOrColumn);

    /// <param name="inputs">In the order of <see cref="Inputs"/>.</param>
    /// <returns>In the order of the names; the caller's to dispose of.</returns>
    public IDisposableReadOnlyCollection<OrtValue> Run(RunLease run, OrtValue[] inputs, string[] outputs) => run.Run(session, _inputNames, inputs, outputs);

    private bool IsOfColumns(TensorSpec input) => Padded.Contains(input.Name) && input.Shape is [_, < 0] && input.Axes[1].Length > 0 && input.Axes[1] == Inputs[0].Axes[1];

    private bool IsPerRowOrColumn(TensorSpec output) => output.Shape is [_, >= 0] || (output.Shape is [_, < 0, >= 0] && output.Axes[1] == Inputs[0].Axes[1]);

    private static TensorSpec[] Specs(IReadOnlyDictionary<string, NodeMetadata> nodes)
        => [.. nodes.Where(n => TensorType.Of(n.Value.ElementDataType) is not null).Select(n => new TensorSpec(
            n.Key, TensorType.Of(n.Value.ElementDataType)!, Array.ConvertAll(n.Value.Dimensions, d => (long)Math.Max(d, -1)), n.Value.SymbolicDimensions))];

    private static bool HasOneFirstAxis(NodeMetadata[] nodes)
        => Array.TrueForAll(nodes, n => n.IsTensor && n.Dimensions is [< 0, ..] && n.SymbolicDimensions[0] == nodes[0].SymbolicDimensions[0]);
}

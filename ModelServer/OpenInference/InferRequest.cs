using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>An inference as it was asked for, well formed but not yet fitted to a model.</summary>
/// <param name="Inputs">At least one, each of a name of its own.</param>
/// <param name="Outputs">Null for all.</param>
internal sealed record InferRequest(string? Id, InferInput[] Inputs, RequestedOutput[]? Outputs, InferParameters Parameters)
{
    /// <summary>Whether the texts of a task are sent, and not the tensors of a graph.</summary>
    public bool IsOfTexts => Inputs is [{ Texts: not null }];

    /// <summary>Whether an output is to follow the JSON.</summary>
    public bool IsBinary(RequestedOutput output) => output.IsBinary ?? Parameters.IsBinary;
}

/// <param name="Shape">No axis is empty; their product is the number of elements.</param>
/// <param name="Data">Little-endian, row by row: <see cref="TensorType.Bytes"/> for each element. Of texts nothing.</param>
/// <param name="Texts">The elements of <see cref="TensorType.Text"/>; null for any other.</param>
internal sealed record InferInput(string Name, TensorType Type, long[] Shape, ReadOnlyMemory<byte> Data, string[]? Texts);

/// <param name="IsBinary">Null for what the request says of all.</param>
/// <param name="Classes">How many of the highest values are wanted in place of the tensor; 0 for the tensor.</param>
internal readonly record struct RequestedOutput(string Name, bool? IsBinary = null, int Classes = 0);

/// <param name="IsBinary">Whether outputs that say nothing themselves are to follow the JSON.</param>
/// <param name="Priority">1 is the most urgent; 0 for what the server does by itself.</param>
/// <param name="Timeout">Zero for none.</param>
internal readonly record struct InferParameters(bool IsBinary, ulong Priority, TimeSpan Timeout);

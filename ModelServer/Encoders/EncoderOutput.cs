using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace ModelServer.Encoders;

/// <summary>The form of an output that each run of an encoder gives, known before it runs.</summary>
/// <param name="Type">Float or float16.</param>
/// <param name="Width">Numbers of one vector.</param>
/// <param name="IsPerToken">Whether there is a vector for each token; else one for each row.</param>
/// <param name="IsNumber">Whether what there is for each token is a number, without an axis of its own.</param>
internal sealed record EncoderOutput(TensorElementType Type, int Width, bool IsPerToken, bool IsNumber = false)
{
    public long VectorBytes => (long)Width * (Type == TensorElementType.Float16 ? sizeof(short) : sizeof(float));

    public long[] Shape(int rows, int columns) => IsNumber ? [rows, columns] : IsPerToken ? [rows, columns, Width] : [rows, Width];

    /// <summary>Null where a run's output does not follow from its inputs: the graph does not tell the width, or the run had another.</summary>
    /// <param name="promised">What the graph says.</param>
    /// <param name="shape">What a run gave.</param>
    /// <param name="isNumberPerToken">See <see cref="OutputChoice.IsNumberPerToken"/>.</param>
    public static EncoderOutput? Of(NodeMetadata promised, long[] shape, int rows, int columns, bool isNumberPerToken)
    {
        if (isNumberPerToken) return new(promised.ElementDataType, Width: 1, IsPerToken: true, IsNumber: true);
        if (promised.Dimensions is not [.., > 0 and var width]) return null;
        var output = new EncoderOutput(promised.ElementDataType, width, IsPerToken: shape.Length == 3);
        return shape.SequenceEqual(output.Shape(rows, columns)) ? output : null;
    }
}

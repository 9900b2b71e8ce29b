using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Gives an output the form in which it was asked for.</summary>
internal static class Outputs
{
    /// <param name="labels">The model's, by index.</param>
    /// <exception cref="InvalidFieldException">It has no such form.</exception>
    public static AnsweredOutput Of(TensorOutput output, RequestedOutput wanted, InferRequest request, string[] labels)
    {
        var isBinary = request.IsBinary(wanted);
        if (wanted.Classes > 0) return new(Classify(output, wanted.Classes, labels), isBinary);
        if (!isBinary) RefuseUnlessJson(output);
        return new(output, isBinary);
    }

    /// <summary>Whether every number is one: JSON has no word for others, nor for those of 16 bits.</summary>
    private static void RefuseUnlessJson(TensorOutput output)
    {
        var data = output.Data.Span;
        var isFinite = output.Type.Name switch
        {
            "FP16" or "BF16" => throw new InvalidFieldException("outputs", $"The output '{output.Name}' is {output.Type.Name}, which JSON has no form for: ask for it as binary data."),
            "FP32" => TensorPrimitives.IsFiniteAll(MemoryMarshal.Cast<byte, float>(data)),
            "FP64" => TensorPrimitives.IsFiniteAll(MemoryMarshal.Cast<byte, double>(data)),
            _ => true,
        };
        if (!isFinite) throw new InvalidFieldException("outputs", $"The output '{output.Name}' has a number that is infinite or none, which JSON has no form for: ask for it as binary data.");
    }

    /// <summary>The highest values along the last axis as <c>value:index</c> or <c>value:index:label</c>.</summary>
    private static TensorOutput Classify(TensorOutput output, int classes, string[] labels)
    {
        var values = Floats(output);
        var width = output.Shape is [.., var last] ? (int)last : 1;
        if (width == 0) throw new InvalidFieldException("classification", $"The output '{output.Name}' is empty: it has no classes.");
        var (rows, most) = (values.Length / width, Math.Min(classes, width));
        var texts = new string[rows * most];
        for (var row = 0; row < rows; row++)
        {
            var at = row * width;
            var best = Enumerable.Range(0, width).OrderByDescending(i => values[at + i]).Take(most).ToArray();
            for (var i = 0; i < most; i++) texts[(row * most) + i] = Word(values[at + best[i]], best[i], labels.Length == width ? labels : []);
        }

        return new(output.Name, TensorType.Text, output.Shape is [] ? [most] : [.. output.Shape[..^1], most], default) { Texts = texts };
    }

    private static string Word(float value, int index, string[] labels)
        => string.Create(CultureInfo.InvariantCulture, $"{value:F6}:{index}") + (index < labels.Length ? $":{labels[index]}" : "");

    private static float[] Floats(TensorOutput output)
    {
        switch (output.Type.Name)
        {
            case "FP32": return MemoryMarshal.Cast<byte, float>(output.Data.Span).ToArray();
            case "FP16":
                var halves = MemoryMarshal.Cast<byte, Half>(output.Data.Span);
                var values = new float[halves.Length];
                TensorPrimitives.ConvertToSingle(halves, values);
                return values;
            default: throw new InvalidFieldException("classification", $"The output '{output.Name}' is {output.Type.Name}; only FP32 and FP16 are classified.");
        }
    }
}

using System.Text.Json;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Reads one input: what it says of itself, and its elements from the JSON or from behind it.</summary>
internal static class InputReader
{
    private const int MostAxes = 16;
    private static readonly string[] Members = ["name", "shape", "datatype", "data", "parameters"];

    public static InferInput Read(ref Utf8JsonReader reader, ref ReadOnlyMemory<byte> tensors)
    {
        var members = new JsonMembers(ref reader, "an input", Members);
        (string? name, TensorType? type, long[]? shape, long? size) = (null, null, null, null);
        var (data, texts, hasData) = (default(byte[]), default(string[]), false);
        var later = default(Utf8JsonReader);
        while (members.Next(ref reader) is { } member)
        {
            switch (member)
            {
                case "name":
                    name = JsonMembers.Text(ref reader, member);
                    break;
                case "datatype":
                    var word = JsonMembers.Text(ref reader, member);
                    type = TensorType.Named(word) ?? throw new InvalidFieldException(member, $"There is no datatype '{JsonMembers.Shortened(word)}'.");
                    break;
                case "shape":
                    shape = ReadShape(ref reader);
                    break;
                case "parameters":
                    if (reader.TokenType != JsonTokenType.Null) size = ReadSize(ref reader);
                    break;
                // Null is as if it were not there.
                case "data" when reader.TokenType == JsonTokenType.Null:
                    break;
                default:
                    hasData = true;
                    if (name is not null && type is not null && shape is not null)
                    {
                        (data, texts) = TensorJson.Read(ref reader, name, type, shape);
                        break;
                    }

                    // What the elements are comes behind them.
                    later = reader;
                    reader.Skip();
                    break;
            }
        }

        if (name is null || type is null || shape is null) throw new InvalidFieldException("inputs", "Each input must have a name, a datatype and a shape.", "field_required");
        if (hasData && size is not null) throw Wrong(name, "has both data and a binary_data_size.");
        if (size is { } bytes)
        {
            if (bytes > tensors.Length) throw Wrong(name, $"has a binary_data_size of {bytes}; {tensors.Length} bytes are left of the body.");
            var part = tensors[..(int)bytes];
            tensors = tensors[(int)bytes..];
            return BinaryTensor.Read(name, type, shape, part);
        }

        if (!hasData) throw Wrong(name, "has neither data nor a binary_data_size.");
        if (data is null && texts is null) (data, texts) = TensorJson.Read(ref later, name, type, shape);
        return new(name, type, shape, data, texts);
    }

    public static InvalidFieldException Wrong(string input, string what) => new("inputs", $"The input '{JsonMembers.Shortened(input)}' {what}");

    /// <summary>How many elements a shape has.</summary>
    public static int Count(long[] shape) => (int)shape.Aggregate(1L, (product, axis) => product * axis);

    private static long[] ReadShape(ref Utf8JsonReader reader)
    {
        JsonMembers.ExpectArray(ref reader, "shape");
        var shape = new List<long>();
        var elements = 1L;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var axis) || axis < 0) throw new InvalidFieldException("shape", "shape must be a list of whole numbers that are not negative.");
            if (axis == 0) throw new InvalidFieldException("shape", "shape has an axis of length 0: there is nothing to run.");
            // Neither is above what 31 bits hold, so that the product fits 62.
            elements *= Math.Min(axis, 1L << 31);
            if (elements > int.MaxValue || shape.Count == MostAxes) throw new InvalidFieldException("shape", $"shape has more than {int.MaxValue} elements, or more than {MostAxes} axes.");
            shape.Add(axis);
        }

        return [.. shape];
    }

    private static long? ReadSize(ref Utf8JsonReader reader)
    {
        long? size = null;
        var parameters = new JsonParameters(ref reader, "parameters of an input");
        while (parameters.Next(ref reader) is { } parameter)
            if (parameter == "binary_data_size") size = (long)JsonMembers.Number(ref reader, parameter, int.MaxValue);
        return size;
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;
using ModelServer.Tensors;

namespace ModelServer.OpenInference;

/// <summary>Reads the elements of a tensor as JSON has them.</summary>
internal static class TensorJson
{
    private delegate bool Element<T>(ref Utf8JsonReader reader, out T value);

    /// <param name="reader">At the value of <c>data</c>; at its end afterwards.</param>
    /// <param name="name">The input's, for messages.</param>
    /// <returns>The elements in the engine's form, or as texts.</returns>
    public static (byte[]? Data, string[]? Texts) Read(ref Utf8JsonReader reader, string name, TensorType type, long[] shape)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw InputReader.Wrong(name, "has data that is no list.");
        var place = new Place(name, type, shape);
        return type.Name switch
        {
            "FP16" or "BF16" => throw InputReader.Wrong(name, $"has {type.Name} as JSON, which has no form for it: send it as binary data."),
            "BYTES" => (null, new Elements<string>(place, Text).Read(ref reader)),
            "BOOL" => (Bytes<byte>(ref reader, place, Truth), null),
            "UINT8" => (Bytes<byte>(ref reader, place, static (ref Utf8JsonReader r, out byte v) => Is(r, out v) && r.TryGetByte(out v)), null),
            "UINT16" => (Bytes<ushort>(ref reader, place, static (ref Utf8JsonReader r, out ushort v) => Is(r, out v) && r.TryGetUInt16(out v)), null),
            "UINT32" => (Bytes<uint>(ref reader, place, static (ref Utf8JsonReader r, out uint v) => Is(r, out v) && r.TryGetUInt32(out v)), null),
            "UINT64" => (Bytes<ulong>(ref reader, place, static (ref Utf8JsonReader r, out ulong v) => Is(r, out v) && r.TryGetUInt64(out v)), null),
            "INT8" => (Bytes<sbyte>(ref reader, place, static (ref Utf8JsonReader r, out sbyte v) => Is(r, out v) && r.TryGetSByte(out v)), null),
            "INT16" => (Bytes<short>(ref reader, place, static (ref Utf8JsonReader r, out short v) => Is(r, out v) && r.TryGetInt16(out v)), null),
            "INT32" => (Bytes<int>(ref reader, place, static (ref Utf8JsonReader r, out int v) => Is(r, out v) && r.TryGetInt32(out v)), null),
            "INT64" => (Bytes<long>(ref reader, place, static (ref Utf8JsonReader r, out long v) => Is(r, out v) && r.TryGetInt64(out v)), null),
            "FP32" => (Bytes<float>(ref reader, place, static (ref Utf8JsonReader r, out float v) => Is(r, out v) && r.TryGetSingle(out v) && float.IsFinite(v)), null),
            _ => (Bytes<double>(ref reader, place, static (ref Utf8JsonReader r, out double v) => Is(r, out v) && r.TryGetDouble(out v) && double.IsFinite(v)), null),
        };
    }

    private static byte[] Bytes<T>(ref Utf8JsonReader reader, Place place, Element<T> element)
        where T : unmanaged => MemoryMarshal.AsBytes(new Elements<T>(place, element).Read(ref reader).AsSpan()).ToArray();

    private static bool Is<T>(in Utf8JsonReader reader, out T value)
        where T : struct
    {
        value = default;
        return reader.TokenType == JsonTokenType.Number;
    }

    private static bool Truth(ref Utf8JsonReader reader, out byte value)
    {
        value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    private static bool Text(ref Utf8JsonReader reader, out string value)
    {
        value = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.String;
    }

    /// <summary>What the elements are those of.</summary>
    private sealed record Place(string Name, TensorType Type, long[] Shape);

    /// <summary>Elements in one flat list, or in lists nested as the shape says.</summary>
    private sealed class Elements<T>(Place place, Element<T> element)
    {
        private readonly int _most = InputReader.Count(place.Shape);
        private T[] _items = [];
        private int _count;

        public T[] Read(ref Utf8JsonReader reader)
        {
            ReadAxis(ref reader, 0);
            return _items;
        }

        private void ReadAxis(ref Utf8JsonReader reader, int axis)
        {
            var (length, isNested) = (0L, false);
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                var isList = reader.TokenType == JsonTokenType.StartArray;
                if (length++ == 0) isNested = isList;
                if (isNested != isList || (isList && axis >= place.Shape.Length - 1)) throw NotOfShape();
                if (isList) ReadAxis(ref reader, axis + 1);
                else Add(ref reader);
            }

            var isFlat = axis == 0 && !isNested;
            if (!isFlat && !isNested && axis != place.Shape.Length - 1) throw NotOfShape();
            if (length != (isFlat ? _most : place.Shape[axis])) throw NotOfShape();
        }

        /// <summary>Memory grows with what comes: a shape promises anything.</summary>
        private void Add(ref Utf8JsonReader reader)
        {
            if (_count == _most) throw NotOfShape();
            if (_count == _items.Length) Array.Resize(ref _items, (int)Math.Min(_most, Math.Max(1024, _items.Length * 2L)));
            if (!element(ref reader, out _items[_count])) throw InputReader.Wrong(place.Name, $"has an element, number {_count}, that is none of {place.Type.Name}.");
            _count++;
        }

        private InvalidFieldException NotOfShape()
            => InputReader.Wrong(place.Name, $"has data that is neither {_most} elements in one list nor lists nested as its shape [{string.Join(", ", place.Shape)}].");
    }
}

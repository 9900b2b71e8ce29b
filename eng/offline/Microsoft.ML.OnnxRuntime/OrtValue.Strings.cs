using System.Buffers;
using System.Text;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Microsoft.ML.OnnxRuntime;

public unsafe partial class OrtValue
{
    public static OrtValue CreateTensorWithEmptyStrings(OrtAllocator allocator, long[] shape) => CreateAllocatedTensorValue(allocator, TensorElementType.String, shape);

    public void StringTensorSetElementAt(ReadOnlySpan<char> str, int index)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(str.Length));
        StringTensorSetElementAt(buffer.AsSpan(0, Encoding.UTF8.GetBytes(str, buffer)), index);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    public void StringTensorSetElementAt(ReadOnlyMemory<char> rom, int index) => StringTensorSetElementAt(rom.Span, index);

    public void StringTensorSetElementAt(ReadOnlySpan<byte> utf8Bytes, int index)
    {
        using var self = new Lease(Handle);
        nint buffer;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint, nint*, nint>)NativeApi.At(Entry.GetResizedStringTensorElementBuffer))(self.Pointer, index, utf8Bytes.Length, &buffer));
        utf8Bytes.CopyTo(new Span<byte>((void*)buffer, utf8Bytes.Length));
    }

    public string GetStringElement(int index)
    {
        var bytes = StringBytes(index);
        return bytes.Length == 0 ? "" : Encoding.UTF8.GetString(bytes);
    }

    public ReadOnlyMemory<char> GetStringElementAsMemory(int index) => GetStringElement(index).AsMemory();

    public ReadOnlySpan<byte> GetStringElementAsSpan(int index) => StringBytes(index);

    public string[] GetStringTensorAsArray()
    {
        using (var self = new Lease(Handle)) ReadTypeAndCount(self.Pointer);
        if (_elementType != TensorElementType.String)
        {
            throw new OnnxRuntimeException(ErrorCode.Fail, $"GetStringTensorAsArray() is only supported for string tensors. This OrtValue contains a {_elementType} tensor.");
        }

        var strings = new string[_elementCount];
        for (var i = 0; i < strings.Length; i++) strings[i] = GetStringElement(i);
        return strings;
    }

    private byte[] StringBytes(int index)
    {
        using var self = new Lease(Handle);
        nint length;
        NativeApi.Check(((delegate* unmanaged<nint, nint, nint*, nint>)NativeApi.At(Entry.GetStringTensorElementLength))(self.Pointer, index, &length));
        var bytes = new byte[length];
        fixed (byte* b = bytes)
        {
            if (length > 0) NativeApi.Check(((delegate* unmanaged<nint, nint, nint, byte*, nint>)NativeApi.At(Entry.GetStringTensorElement))(self.Pointer, length, index, b));
        }

        return bytes;
    }
}

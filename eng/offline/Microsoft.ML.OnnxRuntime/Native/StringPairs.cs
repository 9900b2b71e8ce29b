using System.Runtime.InteropServices;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>A dictionary as two native arrays of UTF-8 strings.</summary>
internal readonly unsafe ref struct StringPairs
{
    public StringPairs(Dictionary<string, string> pairs)
    {
        Count = pairs?.Count ?? 0;
        Keys = (nint*)NativeMemory.AllocZeroed((nuint)(2 * Count + 1), (nuint)sizeof(nint));
        Values = Keys + Count;
        if (pairs is null) return;
        var i = 0;
        foreach (var (key, value) in pairs)
        {
            Keys[i] = Marshal.StringToCoTaskMemUTF8(key);
            Values[i++] = Marshal.StringToCoTaskMemUTF8(value ?? "");
        }
    }

    public int Count { get; }

    public nint* Keys { get; }

    public nint* Values { get; }

    public void Dispose()
    {
        for (var i = 0; i < 2 * Count; i++) Marshal.FreeCoTaskMem(Keys[i]);
        NativeMemory.Free(Keys);
    }
}

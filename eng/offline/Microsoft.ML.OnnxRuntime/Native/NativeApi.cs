using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Microsoft.ML.OnnxRuntime;

/// <summary>The engine's library and its function table, with helpers for the commonest shapes of its functions.</summary>
internal static unsafe class NativeApi
{
    private const uint ApiVersion = 24;
    private static readonly nint Library = Load();
    private static readonly nint* Table = GetTable(out VersionText);

    public static readonly string VersionText;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint At(int entry) => Table[entry];

    public static nint Export(string name) => NativeLibrary.GetExport(Library, name);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Check(nint status)
    {
        if (status != 0) Throw(status);
    }

    public static nint Create(int entry)
    {
        nint made;
        Check(((delegate* unmanaged<nint*, nint>)At(entry))(&made));
        return made;
    }

    public static nint Get(int entry, nint of)
    {
        nint value;
        Check(((delegate* unmanaged<nint, nint*, nint>)At(entry))(of, &value));
        return value;
    }

    public static int GetInt(int entry, nint of)
    {
        int value;
        Check(((delegate* unmanaged<nint, int*, nint>)At(entry))(of, &value));
        return value;
    }

    public static void Call(int entry, nint on) => Check(((delegate* unmanaged<nint, nint>)At(entry))(on));

    public static void Call(int entry, nint on, int value) => Check(((delegate* unmanaged<nint, int, nint>)At(entry))(on, value));

    public static void Call(int entry, nint on, byte[] text)
    {
        fixed (byte* t = text) Check(((delegate* unmanaged<nint, byte*, nint>)At(entry))(on, t));
    }

    public static void Call(int entry, nint on, byte[] text, long value)
    {
        fixed (byte* t = text) Check(((delegate* unmanaged<nint, byte*, long, nint>)At(entry))(on, t, value));
    }

    public static void Call(int entry, nint on, byte[] key, byte[] value)
    {
        fixed (byte* k = key, v = value) Check(((delegate* unmanaged<nint, byte*, byte*, nint>)At(entry))(on, k, v));
    }

    public static void Release(int entry, nint what)
    {
        if (what != 0) ((delegate* unmanaged<nint, void>)At(entry))(what);
    }

    /// <summary>Text that the engine allocated with its default allocator: copied, then freed.</summary>
    public static string TakeText(nint text)
    {
        var copy = Text(text);
        Free(text);
        return copy;
    }

    public static void Free(nint memory)
    {
        if (memory != 0) Check(((delegate* unmanaged<nint, nint, nint>)At(Entry.AllocatorFree))(Create(Entry.GetAllocatorWithDefaultOptions), memory));
    }

    public static string Text(nint utf8) => Marshal.PtrToStringUTF8(utf8) ?? "";

    public static byte[] Utf8(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>ORTCHAR_T: UTF-16 on Windows, UTF-8 elsewhere.</summary>
    public static byte[] PathText(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(path + '\0') : Utf8(path);
    }

    private static void Throw(nint status)
    {
        var code = (ErrorCode)((delegate* unmanaged<nint, int>)At(Entry.GetErrorCode))(status);
        var message = Text(((delegate* unmanaged<nint, nint>)At(Entry.GetErrorMessage))(status));
        Release(Entry.ReleaseStatus, status);
        throw new OnnxRuntimeException(code, message);
    }

    private static nint Load()
    {
        var (rid, file) = OperatingSystem.IsWindows() ? ("win-x64", "onnxruntime.dll") : ("linux-x64", "libonnxruntime.so.1");
        string[] folders = [AppContext.BaseDirectory, Path.GetDirectoryName(typeof(NativeApi).Assembly.Location) ?? ""];
        var places = folders.SelectMany(f => (string[])[Path.Combine(f, "runtimes", rid, "native", file), Path.Combine(f, file)]);
        return NativeLibrary.Load(places.FirstOrDefault(p => Path.IsPathRooted(p) && File.Exists(p)) ?? file);
    }

    private static nint* GetTable(out string version)
    {
        var apiBase = ((delegate* unmanaged<nint*>)Export("OrtGetApiBase"))();
        version = Text(((delegate* unmanaged<nint>)apiBase[1])());
        var table = ((delegate* unmanaged<uint, nint*>)apiBase[0])(ApiVersion);
        return table != null ? table : throw new OnnxRuntimeException(ErrorCode.NotImplemented, $"ONNX Runtime {version} has no API version {ApiVersion}.");
    }
}

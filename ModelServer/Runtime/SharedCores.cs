using System.Buffers.Text;
using Microsoft.Win32.SafeHandles;

namespace ModelServer.Runtime;

/// <summary>The cores of a machine on which this replica is told to take fewer than there are, as others live there too. Whether those are at work is seen without asking
/// them: Linux tells how many threads of the whole machine run or are ready to (proc_loadavg(5), the fourth field).</summary>
internal sealed class SharedCores
{
    private const string Source = "/proc/loadavg";
    private readonly SafeFileHandle _file;

    private SharedCores(SafeFileHandle file) => _file = file;

    /// <summary>Null where the replica has all cores that it sees, or nothing tells what others do.</summary>
    public static SharedCores? Of(InferenceOptions options)
    {
        if (options.EffectiveCores == Environment.ProcessorCount || !File.Exists(Source)) return null;
        try
        {
            return new(File.OpenHandle(Source));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether at most as many other threads as half of the cores are at work at this moment, as whoever handed over what is to be run hardly ever sleeps yet. It takes some microseconds.</summary>
    public bool AreFree()
    {
        Span<byte> text = stackalloc byte[64];
        return Runnable(text[..RandomAccess.Read(_file, text, fileOffset: 0)]) - 1 <= Environment.ProcessorCount / 2;
    }

    /// <summary>Of <c>0.20 0.18 0.12 1/80 11206</c> the 1.</summary>
    internal static int Runnable(ReadOnlySpan<byte> text)
    {
        for (var field = 0; field < 3; field++)
        {
            var end = text.IndexOf((byte)' ');
            if (end < 0) return int.MaxValue;
            text = text[(end + 1)..];
        }

        return Utf8Parser.TryParse(text, out int runnable, out _) ? runnable : int.MaxValue;
    }
}

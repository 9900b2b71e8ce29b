using System.Runtime.InteropServices;

namespace ModelServer.Tests.Runtime;

/// <summary>What native code writes to file descriptor 2; empty where there is no such thing.</summary>
internal static class StandardError
{
    public static string During(Action action)
    {
        if (!OperatingSystem.IsLinux())
        {
            action();
            return "";
        }

        var path = Path.GetTempFileName();
        var saved = Duplicate(2);
        try
        {
            using (var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
            {
                _ = DuplicateTo((int)file.SafeFileHandle.DangerousGetHandle(), 2);
                action();
            }
        }
        finally
        {
            _ = DuplicateTo(saved, 2);
            _ = Close(saved);
        }

        var text = File.ReadAllText(path);
        File.Delete(path);
        return text;
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Duplicate(int descriptor);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int DuplicateTo(int from, int to);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int descriptor);
}

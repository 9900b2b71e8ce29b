using System.Globalization;

namespace Reliability.Soak;

/// <summary>What a process holds, as Linux says.</summary>
/// <param name="Rss">Resident memory in MB.</param>
/// <param name="Anonymous">The part of it that is no file's, in MB: what the process has allocated.</param>
/// <param name="Handles">Open files and connections.</param>
internal sealed record ProcessFigures(double Rss, double Anonymous, int Handles, int Threads)
{
    /// <returns>Null where the process is gone.</returns>
    public static ProcessFigures? Read(int id)
    {
        try
        {
            var status = File.ReadLines($"/proc/{id}/status").Select(line => line.Split(':', 2)).Where(f => f.Length == 2).ToDictionary(f => f[0], f => f[1]);
            // One that has ended and was not waited for yet has no memory.
            if (!status.TryGetValue("VmRSS", out var rss)) return null;
            return new(Megabytes(rss), Megabytes(status["RssAnon"]), Directory.GetFileSystemEntries($"/proc/{id}/fd").Length, int.Parse(status["Threads"], CultureInfo.InvariantCulture));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static double Megabytes(string text) => double.Parse(text.Trim().Split(' ')[0], CultureInfo.InvariantCulture) / 1024;
}

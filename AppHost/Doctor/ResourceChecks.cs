using System.Globalization;

namespace AppHost.Doctor;

/// <summary>Memory, beside what the models need: 2.5 times their files in each replica, as the model server reserves it.</summary>
internal static class MemoryCheck
{
    private const string Name = "memory";
    private const double BytesPerGraphByte = 2.5;
    private const double BytesPerService = 256e6;

    private static readonly string[] Limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];

    /// <summary>Whether a container or a service manager sets a limit.</summary>
    public static bool HasLimit() => Limits.Any(file => System.IO.File.Exists(file) && long.TryParse(System.IO.File.ReadAllText(file).Trim(), out var bytes) && bytes < long.MaxValue / 2);

    /// <param name="available">What processes may use, by the machine or its cgroup.</param>
    public static DoctorResult Of(long available, bool isLimited, ServerReport? report, int replicas)
    {
        var models = report?.Models.Where(m => m.Reason is null).ToArray() ?? [];
        var needed = (replicas * ((models.Sum(m => m.Bytes) * BytesPerGraphByte) + BytesPerService)) + BytesPerService;
        var words = $"{GB(available)} {(isLimited ? "by a limit of the cgroup" : "of the machine")}; {replicas} replicas with {models.Length} versions need about {GB(needed)}";
        return needed > available
            ? DoctorResult.Warn(Name, $"{words}: some versions would be refused.", "start with fewer --replicas, take smaller variants, or raise the limit")
            : DoctorResult.Ok(Name, words);
    }

    internal static string GB(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB");
}

/// <summary>Cores, which the replicas share.</summary>
internal static class CoresCheck
{
    public static DoctorResult Of(int cores, int replicas) => replicas > cores
        ? DoctorResult.Warn("cores", $"{cores} for {replicas} replicas: they wait for one another.", $"start with --replicas {cores}")
        : DoctorResult.Ok("cores", $"{cores} for {replicas} replicas");
}

/// <summary>Space where something is written or copied to.</summary>
internal static class DiskCheck
{
    private const double Needed = 0.2e9;
    private const double Little = 2e9;

    /// <summary>Of the file system that a folder is on, or will be on once it is made.</summary>
    public static long FreeBytes(string folder)
    {
        var existing = folder;
        while (!Directory.Exists(existing)) existing = Path.GetDirectoryName(existing) ?? Path.GetPathRoot(folder)!;
        return new DriveInfo(existing).AvailableFreeSpace;
    }

    public static IEnumerable<DoctorResult> Of(IEnumerable<(string What, string Folder)> places, Func<string, long> free) => places.Select(place =>
    {
        var (name, bytes) = ("disk", free(place.Folder));
        var words = $"{place.What}: {MemoryCheck.GB(bytes)} free in {place.Folder}";
        return bytes switch
        {
            < (long)Needed when place.What != "models folder" => DoctorResult.Fail(name, $"{words}.", "make space: files are written there while the platform runs"),
            < (long)Little => DoctorResult.Warn(name, $"{words}.", "make space before more is put there"),
            _ => DoctorResult.Ok(name, words),
        };
    });
}

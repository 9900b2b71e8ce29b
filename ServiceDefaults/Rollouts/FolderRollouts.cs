using System.Text.Json;

namespace ServiceDefaults.Rollouts;

/// <summary>Keeps the documents as files of a folder that the services of one machine share, one file for each model, changed under a lock of the file system.</summary>
internal sealed class FolderRollouts(string folder, TimeProvider time) : IRolloutStore
{
    private const string Extension = ".json";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2), Pause = TimeSpan.FromMilliseconds(10);

    public async ValueTask<IReadOnlyCollection<Rollout>?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (!Directory.Exists(folder)) return [];
            List<Rollout> found = [];
            foreach (var file in Directory.EnumerateFiles(folder, "*" + Extension))
                if (await ReadFileAsync(file, cancellationToken) is { } rollout) found.Add(rollout);
            return found;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public ValueTask<SwapOutcome> TrySwapAsync(Rollout next, CancellationToken cancellationToken)
        => WriteAsync(next, there => there == next.Revision - 1, cancellationToken);

    public async ValueTask RestoreAsync(Rollout known, CancellationToken cancellationToken) => await WriteAsync(known, there => there < known.Revision, cancellationToken);

    public IDisposable Subscribe(Action changed)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // Documents arrive by being renamed.
            var watcher = new FileSystemWatcher(folder, "*" + Extension) { NotifyFilter = NotifyFilters.FileName };
            watcher.Renamed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // Such as no watches left: polling finds the changes then.
            return new MemoryStream();
        }
    }

    public ValueTask<IAsyncDisposable?> TryLeaseAsync(string model, CancellationToken cancellationToken) => ValueTask.FromResult<IAsyncDisposable?>(TryLock(model + ".lease"));

    private async ValueTask<SwapOutcome> WriteAsync(Rollout rollout, Predicate<long> mayReplace, CancellationToken cancellationToken)
    {
        try
        {
            await using var locked = await LockAsync(rollout.Model + ".lock", cancellationToken);
            if (locked is null) return SwapOutcome.Unavailable;
            var path = Path.Combine(folder, rollout.Model + Extension);
            var there = File.Exists(path) ? await ReadFileAsync(path, cancellationToken) : null;
            if (!mayReplace(there?.Revision ?? 0)) return SwapOutcome.Outdated;
            // A rename is whole or not at all: a crash leaves the old file or the new one.
            await File.WriteAllBytesAsync(path + ".new", JsonSerializer.SerializeToUtf8Bytes(rollout, RolloutJson.Default.Rollout), cancellationToken);
            File.Move(path + ".new", path, overwrite: true);
            return SwapOutcome.Swapped;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return SwapOutcome.Unavailable;
        }
    }

    private async Task<FileStream?> LockAsync(string name, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (TryLock(name) is { } locked) return locked;
            if (time.GetElapsedTime(start) > Patience) return null;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    /// <summary>Holds a file that nobody else can open meanwhile; the system lets it go when its owner dies.</summary>
    private FileStream? TryLock(string name)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return new FileStream(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static async Task<Rollout?> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync(file, RolloutJson.Default.Rollout, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null;
        }
    }
}

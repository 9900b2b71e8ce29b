using System.Buffers;
using System.Net;

namespace AppHost.Pull;

/// <summary>Fetches one file into the staging folder: in ranges, several at a time, going on where a connection was cut.</summary>
internal sealed class FileDownload(HubClient hub, PullOptions options, PullProgress progress, TimeProvider time)
{
    private const int BufferBytes = 128 << 10;

    /// <summary>Fetches what is missing and compares all with the checksum. What does not match is fetched anew once: it may be the rest of an interrupted pull.</summary>
    /// <exception cref="PullException">It cannot be had, or not as the hub lists it.</exception>
    public async Task RunAsync(HubListing listing, HubFile file, StagingFolder staging, CancellationToken cancellationToken)
    {
        var path = staging.FilePath(file.Path);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            await FetchAsync(listing, file, staging, cancellationToken);
            if (await FileDigest.MatchesAsync(path, file, cancellationToken)) return;
            staging.Discard(file.Path);
            progress.Add(-file.Size!.Value);
        }

        throw new PullException($"{file.Path} has a wrong checksum: what {hub.Host} gives is not what it lists. Nothing was put into the models folder.");
    }

    private async Task FetchAsync(HubListing listing, HubFile file, StagingFolder staging, CancellationToken cancellationToken)
    {
        using var part = PartialFile.Open(staging.FilePath(file.Path), staging.StatePath(file.Path), file.Content(listing.Commit), file.Size!.Value, options.ChunkBytes);
        progress.Begin(file.Path, part.Chunks.Sum(c => c.Done));
        try
        {
            var missing = part.Chunks.Where(c => c.Remaining > 0).ToArray();
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken };
            try
            {
                await Parallel.ForEachAsync(missing, parallel, async (chunk, token) => await FetchAsync(listing, file, part, chunk, token));
            }
            catch (RangesIgnoredException)
            {
                progress.Add(-part.Chunks.Sum(c => c.Done));
                part.Join();
                await FetchAsync(listing, file, part, part.Chunks[0], cancellationToken);
            }

            part.Flush();
        }
        finally
        {
            part.Save();
        }
    }

    private async Task FetchAsync(HubListing listing, HubFile file, PartialFile part, FileChunk chunk, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(options, time);
        var furthest = chunk.Done;
        while (chunk.Remaining > 0)
        {
            try
            {
                await ReceiveAsync(listing, file, part, chunk, cancellationToken);
            }
            catch (Exception e) when (Backoff.MayPass(e) && !cancellationToken.IsCancellationRequested)
            {
                // Where every attempt begins at the beginning, to come as far again is no progress.
                if (chunk.Done > furthest) backoff.Reset();
                furthest = Math.Max(furthest, chunk.Done);
                progress.Interrupted(file.Path);
                await backoff.WaitAsync(e, cancellationToken);
            }
        }

        part.Save();
    }

    private async Task ReceiveAsync(HubListing listing, HubFile file, PartialFile part, FileChunk chunk, CancellationToken cancellationToken)
    {
        var from = chunk.Start + chunk.Done;
        using var response = await hub.OpenAsync(listing, file, from, chunk.Start + chunk.Length - 1, cancellationToken);
        var content = response.Content.Headers;
        if (response.StatusCode == HttpStatusCode.OK)
        {
            if (content.ContentLength is { } length && length != part.Size) throw AnotherSize(file, length);
            if (part.Chunks.Length > 1) throw new RangesIgnoredException();
            progress.Add(-chunk.Done);
            chunk.Done = 0;
        }
        else if (content.ContentRange is not { HasRange: true } range || range.From != from || (range.HasLength && range.Length != part.Size))
        {
            throw AnotherSize(file, content.ContentRange?.Length);
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (chunk.Remaining > 0)
            {
                var read = await ReadAsync(body, buffer.AsMemory(0, (int)Math.Min(BufferBytes, chunk.Remaining)), cancellationToken);
                if (read == 0) throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection was cut");
                part.Write(chunk, buffer.AsSpan(0, read));
                progress.Add(read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>A body's errors come from its connection, whatever class they have.</summary>
    private async ValueTask<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(options.Silence);
        try
        {
            return await body.ReadAsync(buffer, silence.Token);
        }
        catch (IOException e) when (e is not HttpIOException)
        {
            throw new HttpIOException(HttpRequestError.ResponseEnded, "the connection was cut", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the connection was silent", e);
        }
    }

    private PullException AnotherSize(HubFile file, long? size) => new($"{hub.Host} lists {file.Path} with {file.Size} bytes and gives {size?.ToString() ?? "another part"}{(size is null ? "" : " bytes")}.");

    /// <summary>The server gave a whole file where a part was asked for.</summary>
    private sealed class RangesIgnoredException : Exception;
}

using System.Text.Json;
using ModelServer.ModelFiles;

namespace AppHost.Pull;

/// <summary>Pulls a model: pins the commit, chooses files, fetches them aside, and makes them a version in one step.</summary>
internal sealed class ModelPull(HubClient hub, PullOptions options, PullProgress progress, TimeProvider time)
{
    private const string ServingFile = "serving.json";

    /// <exception cref="PullException">It cannot be had; nothing has been put among the models.</exception>
    public async Task<PulledModel> RunAsync(PullRequest request, CancellationToken cancellationToken)
    {
        if (request.Version is { } asked) ModelVersions.CheckFree(request.Models, request.Name, asked);

        // 1. The commit: from here on nothing is asked of the branch.
        var listing = await Backoff.RetryAsync(options, time, () => hub.ListAsync(request.Repository, request.Revision, cancellationToken), cancellationToken);
        var graph = WantedFiles.Graph(listing, request.Variant);
        List<HubFile> wanted = [graph, .. WantedFiles.Configurations(listing), .. WantedFiles.Weights(listing, graph)];

        // 2. The room: what earlier pulls have left counts.
        using var staging = StagingFolder.Open(request);
        for (var i = 0; i < wanted.Count; i++) wanted[i] = await DescribeAsync(listing, wanted[i], cancellationToken);
        staging.Keep(wanted);
        CheckRoom(request, staging, listing, wanted);
        progress.Expect(wanted.Sum(f => f.Size!.Value));
        progress.Say($"{listing.Repository} at {listing.Commit[..12]}: {wanted.Count} files, {PullProgress.Size(wanted.Sum(f => f.Size!.Value))}.");

        // 3. What is small first, as it may end the pull; then the graph, which names the files that its weights are in.
        var download = new FileDownload(hub, options, progress, time);
        foreach (var file in wanted.Where(f => !IsOfGraph(f))) await download.RunAsync(listing, file, staging, cancellationToken);
        CheckVariant(request, staging);
        await download.RunAsync(listing, wanted[0], staging, cancellationToken);
        foreach (var location in Locations(staging.FilePath(graph.Path)))
        {
            var file = WantedFiles.Named(listing, graph, location);
            if (wanted.Exists(f => f.Path == file.Path)) continue;
            wanted.Add(await DescribeAsync(listing, file, cancellationToken));
            CheckRoom(request, staging, listing, wanted);
            progress.Expect(wanted[^1].Size!.Value);
        }

        foreach (var file in wanted.Skip(1).Where(IsOfGraph)) await download.RunAsync(listing, file, staging, cancellationToken);

        // 4. The version.
        if (request.Variant != PullRequest.Fp32 && listing.Find(ServingFile) is null)
            await File.WriteAllTextAsync(staging.FilePath(ServingFile), $$"""{ "variant": "{{request.Variant}}" }{{'\n'}}""", cancellationToken);
        var version = staging.Publish(request);
        return new PulledModel(request.Name, version, ModelVersions.Folder(request.Models, request.Name, version), listing.Commit);

        bool IsOfGraph(HubFile file) => !WantedFiles.IsConfiguration(file);
    }

    private Task<HubFile> DescribeAsync(HubListing listing, HubFile file, CancellationToken cancellationToken)
        => file.Size is not null ? Task.FromResult(file) : Backoff.RetryAsync(options, time, () => hub.DescribeAsync(listing, file, cancellationToken), cancellationToken);

    private void CheckRoom(PullRequest request, StagingFolder staging, HubListing listing, IEnumerable<HubFile> wanted)
    {
        var needed = wanted.Sum(f => f.Size!.Value - staging.BytesDone(f, listing.Commit));
        var free = options.FreeBytes(request.Models);
        if (needed > free) throw new PullException($"{PullProgress.Size(needed)} are needed, and {PullProgress.Size(free)} are free on the disk of {request.Models}.");
    }

    private static IEnumerable<string> Locations(string graph)
    {
        try
        {
            return ExternalData.LocationsOf(graph).Keys;
        }
        catch (ModelLoadException e)
        {
            throw new PullException(e.Message, e);
        }
    }

    /// <summary>The model server obeys a repository's own file.</summary>
    private static void CheckVariant(PullRequest request, StagingFolder staging)
    {
        var path = staging.FilePath(ServingFile);
        if (File.Exists(path) && VariantOf(path) is var own && own != request.Variant)
            throw new PullException($"The repository's own {ServingFile} takes the variant '{own}': pull it with --variant {own}.");
    }

    private static string VariantOf(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return json.RootElement.TryGetProperty("variant", out var variant) ? variant.ToString() : PullRequest.Fp32;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new PullException($"The repository's {ServingFile} is not JSON.", e);
        }
    }
}

/// <param name="Folder">Full path of the version's folder.</param>
internal sealed record PulledModel(string Name, string Version, string Folder, string Commit);

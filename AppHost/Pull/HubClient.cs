using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace AppHost.Pull;

/// <summary>Asks a hub, in the interface of Hugging Face's: which files there are at a commit, and for parts of them.</summary>
/// <param name="http">One that follows no redirects by itself: see <see cref="CreateHandler"/>.</param>
internal sealed class HubClient(HttpClient http, HubOptions options, PullOptions pull)
{
    private const int MostRedirects = 10;

    public string Host => options.Endpoint.Authority;

    /// <summary>Redirects are followed here, so that the token never leaves the endpoint.</summary>
    public static SocketsHttpHandler CreateHandler() => new() { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };

    /// <summary>Pins the revision to a commit and lists what is there, in one answer.</summary>
    public async Task<HubListing> ListAsync(string repository, string revision, CancellationToken cancellationToken)
    {
        var uri = options.Address($"api/models/{repository}/revision/{Uri.EscapeDataString(revision)}?blobs=true");
        using var response = await SendAsync(HttpMethod.Get, uri, null, isFollowingAnywhere: true, cancellationToken);
        HubErrors.Check(response, options, repository, revision);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            var info = await JsonSerializer.DeserializeAsync(body, HubJson.Default.ModelInfo, cancellationToken);
            if (info is not { Sha: { Length: 40 } commit, Siblings: { } siblings } || !commit.All(char.IsAsciiHexDigit)) throw NotAHub();
            // A path that is none inside the repository is nobody's file: it is passed over.
            return new HubListing(repository, commit, [.. siblings.Where(s => s.Path is { } path && HubFile.IsInside(path)).Select(s => s.ToFile()).DistinctBy(f => f.Path)]);
        }
        catch (JsonException e)
        {
            throw NotAHub(e);
        }
    }

    /// <summary>Size and checksum of a file where the listing does not tell them, as mirrors' may not.</summary>
    public async Task<HubFile> DescribeAsync(HubListing listing, HubFile file, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Head, AddressOf(listing, file), null, isFollowingAnywhere: false, cancellationToken);
        var isElsewhere = (int)response.StatusCode is > 300 and < 400;
        if (!isElsewhere) HubErrors.Check(response, options, listing.Repository, listing.Commit);
        // A redirect's own length and tag say nothing of the file.
        long? size = long.TryParse(Header(response, "X-Linked-Size"), out var linked) ? linked : isElsewhere ? await SizeElsewhereAsync(listing, file, cancellationToken) : response.Content.Headers.ContentLength;
        var tag = (Header(response, "X-Linked-Etag") ?? (isElsewhere ? null : response.Headers.ETag?.Tag))?.Trim('"');
        return file with
        {
            Size = size ?? throw new PullException($"{Host} does not tell the size of {file.Path}."),
            Sha256 = file.Sha256 ?? (HubJson.IsHex(tag, 64) ? tag : null),
            BlobId = file.BlobId ?? (HubJson.IsHex(tag, 40) ? tag : null),
        };
    }

    /// <summary>Begins to read a file, or a part of it.</summary>
    /// <returns>200 with all of it or 206 with the part.</returns>
    public async Task<HttpResponseMessage> OpenAsync(HubListing listing, HubFile file, long from, long to, CancellationToken cancellationToken)
    {
        var response = await SendAsync(HttpMethod.Get, AddressOf(listing, file), new RangeHeaderValue(from, to), isFollowingAnywhere: true, cancellationToken);
        try
        {
            HubErrors.Check(response, options, listing.Repository, listing.Commit);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<long?> SizeElsewhereAsync(HubListing listing, HubFile file, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Head, AddressOf(listing, file), null, isFollowingAnywhere: true, cancellationToken);
        HubErrors.Check(response, options, listing.Repository, listing.Commit);
        return response.Content.Headers.ContentLength;
    }

    private Uri AddressOf(HubListing listing, HubFile file)
        => options.Address($"{listing.Repository}/resolve/{listing.Commit}/{string.Join('/', file.Path.Split('/').Select(Uri.EscapeDataString))}");

    /// <param name="isFollowingAnywhere">Whether to follow to other hosts, where files are but their descriptions are not.</param>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, Uri uri, RangeHeaderValue? range, bool isFollowingAnywhere, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(pull.Silence);
        try
        {
            for (var hop = 0; hop < MostRedirects; hop++)
            {
                using var request = new HttpRequestMessage(method, uri);
                request.Headers.Range = range;
                // A part of a compressed body would be of no use.
                request.Headers.AcceptEncoding.ParseAdd("identity");
                request.Headers.UserAgent.ParseAdd("transformer-platform");
                if (options.Token is not null && options.IsEndpoint(uri)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", options.Token);
                var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, silence.Token);
                if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location) return response;
                var next = new Uri(uri, location);
                if (!isFollowingAnywhere && !options.IsEndpoint(next)) return response;
                response.Dispose();
                if (next.Scheme != "https" && (next.Scheme != "http" || uri.Scheme == "https")) throw new PullException($"{uri.Authority} redirects to an address that is not https.");
                uri = next;
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{uri.Authority} did not answer", e);
        }

        throw new PullException($"{Host} redirects for ever.");
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;

    private PullException NotAHub(Exception? inner = null) => new($"{Host} does not answer as a Hugging Face hub does; set HF_ENDPOINT to one that does.", inner);
}

internal sealed record ModelInfo(string? Sha, Sibling[]? Siblings);

/// <summary>A file as the hub lists it; <c>blobId</c> is of the file itself unless it is a large one, for which <c>lfs</c> is told.</summary>
internal sealed record Sibling([property: JsonPropertyName("rfilename")] string? Path, long? Size, string? BlobId, LargeFile? Lfs)
{
    public HubFile ToFile()
    {
        var sha256 = Lfs is null ? null : (Lfs.Sha256 ?? Lfs.Oid)?.ToLowerInvariant();
        return new HubFile(Path!, Lfs?.Size ?? Size, HubJson.IsHex(sha256, 64) ? sha256 : null, Lfs is null && HubJson.IsHex(BlobId, 40) ? BlobId : null);
    }
}

internal sealed record LargeFile(string? Sha256, string? Oid, long? Size);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ModelInfo))]
internal sealed partial class HubJson : JsonSerializerContext
{
    public static bool IsHex(string? text, int length) => text?.Length == length && text.All(char.IsAsciiHexDigit);
}

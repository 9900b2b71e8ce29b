using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace AppHost.Tests.Pull;

/// <summary>One request that the hub was asked: by which host, for what, with what.</summary>
internal sealed record HubRequest(bool IsOfHub, string Method, string Path, string? Range, string? Authorization);

/// <summary>A hub of one repository that speaks the API of Hugging Face's, and beside it, on another port, the host that it redirects to for large files.</summary>
internal sealed class TestHub : IAsyncDisposable
{
    public const string Repository = "acme/tiny";
    private const int LargeBytes = 4096;
    private readonly WebApplication _hub, _files;
    private readonly Dictionary<string, string> _digests = [];

    private TestHub()
    {
        _hub = Build(isHub: true);
        _files = Build(isHub: false);
    }

    /// <summary>What the repository holds, by path.</summary>
    public Dictionary<string, byte[]> Files { get; } = [];

    /// <summary>Paths that are listed and not there.</summary>
    public List<string> ListedOnly { get; } = [];

    /// <summary>Content that is sent in place of what is listed.</summary>
    public Dictionary<string, byte[]> Wrong { get; } = [];

    /// <summary>After how many bytes the next answers with a large file are cut, one each.</summary>
    public ConcurrentQueue<int> Cuts { get; } = [];

    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    public string Commit { get; set; } = new('a', 40);

    /// <summary>Where <c>main</c> points once it has been listed.</summary>
    public string? NextCommit { get; set; }

    public string? Token { get; set; }

    /// <summary>Answers everything with this status.</summary>
    public (int Status, string? Code)? Refusal { get; set; }

    /// <summary>How many requests are answered with 503 before the hub works.</summary>
    public int Busy { get; set; }

    public bool IgnoresRanges { get; set; }

    /// <summary>Whether the listing tells sizes and checksums.</summary>
    public bool TellsSizes { get; set; } = true;

    /// <summary>Called with each part of a large file that was sent.</summary>
    public Action<long> Sent { get; set; } = _ => { };

    public string Endpoint => _hub.Urls.First();

    public static async Task<TestHub> StartAsync()
    {
        var hub = new TestHub();
        await hub._hub.StartAsync();
        await hub._files.StartAsync();
        return hub;
    }

    /// <summary>Computes checksums anew, of files that were replaced.</summary>
    public void Forget() => _digests.Clear();

    public void Add(string path, string text) => Files[path] = Encoding.UTF8.GetBytes(text);

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _files.DisposeAsync();
    }

    private WebApplication Build(bool isHub)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            var request = context.Request;
            Requests.Enqueue(new(isHub, request.Method, $"{request.Path}{request.QueryString}", request.Headers.Range, request.Headers.Authorization));
            return isHub ? AnswerAsync(context) : SendAsync(context, request.Path.Value![1..]);
        });
        return app;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (Busy-- > 0 || Refusal is not null)
        {
            context.Response.StatusCode = Refusal?.Status ?? 503;
            if (Refusal?.Code is { } code) context.Response.Headers["X-Error-Code"] = code;
        }
        else if (Token is not null && context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            context.Response.StatusCode = 401;
        }
        else if (path.StartsWith($"/api/models/{Repository}/revision/", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync(Listing().ToJsonString());
            Commit = NextCommit ?? Commit;
        }
        else if (path.Split('/') is ["", "acme", "tiny", "resolve", var commit, .. var rest] && commit.Length == 40 && Files.ContainsKey(string.Join('/', rest)))
        {
            await ResolveAsync(context, string.Join('/', rest));
        }
        else
        {
            context.Response.StatusCode = 404;
            context.Response.Headers["X-Error-Code"] = path.Contains("/resolve/", StringComparison.Ordinal) ? "EntryNotFound" : "RepoNotFound";
        }
    }

    private Task ResolveAsync(HttpContext context, string path)
    {
        var content = Files[path];
        if (content.Length < LargeBytes)
        {
            context.Response.Headers.ETag = $"\"{BlobId(content)}\"";
            if (context.Request.Method != "HEAD") return SendAsync(context, path);
            context.Response.ContentLength = content.Length;
            return Task.CompletedTask;
        }

        context.Response.Headers["X-Linked-Size"] = $"{content.Length}";
        context.Response.Headers["X-Linked-Etag"] = $"\"{Sha256(path)}\"";
        context.Response.Redirect($"{_files.Urls.First()}/{path}");
        return Task.CompletedTask;
    }

    private async Task SendAsync(HttpContext context, string path)
    {
        var content = Wrong.GetValueOrDefault(path) ?? Files[path];
        var (from, to) = (0, content.Length - 1);
        if (!IgnoresRanges && RangeHeaderValue.TryParse(context.Request.Headers.Range.ToString(), out var range) && range.Ranges.First() is { From: { } first, To: { } last })
        {
            (from, to) = ((int)first, (int)Math.Min(last, to));
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{to}/{content.Length}";
        }

        context.Response.ContentLength = to - from + 1;
        var end = to + 1;
        var isCut = content.Length >= LargeBytes && Cuts.TryDequeue(out var most) && (end = Math.Min(end, from + most)) <= to;
        for (; from < end; from += 256 << 10)
        {
            var part = content.AsMemory(from, Math.Min(256 << 10, end - from));
            await context.Response.Body.WriteAsync(part, context.RequestAborted);
            if (content.Length >= LargeBytes) Sent(part.Length);
        }

        if (!isCut) return;
        await context.Response.Body.FlushAsync();
        context.Abort();
    }

    private JsonObject Listing() => new()
    {
        ["id"] = Repository,
        ["sha"] = Commit,
        ["siblings"] = new JsonArray([.. Files.Select(f => Sibling(f.Key, f.Value)), .. ListedOnly.Select(p => new JsonObject { ["rfilename"] = p, ["size"] = 5, ["blobId"] = new string('0', 40) })]),
    };

    private JsonObject Sibling(string path, byte[] content)
    {
        var sibling = new JsonObject { ["rfilename"] = path };
        if (!TellsSizes) return sibling;
        sibling["size"] = content.Length;
        sibling["blobId"] = BlobId(content.Length < LargeBytes ? content : Encoding.ASCII.GetBytes("the pointer"));
        if (content.Length >= LargeBytes) sibling["lfs"] = new JsonObject { ["sha256"] = Sha256(path), ["size"] = content.Length, ["pointerSize"] = 134 };
        return sibling;
    }

    private string Sha256(string path)
    {
        if (!_digests.TryGetValue(path, out var digest)) _digests[path] = digest = Convert.ToHexStringLower(SHA256.HashData(Files[path]));
        return digest;
    }

    private static string BlobId(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
}

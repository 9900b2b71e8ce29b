using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Gateway.Tests.Hosting;
using Testing;

namespace Gateway.Tests.Console;

/// <summary>The console's files as anyone may load them.</summary>
public sealed partial class ConsolePageTests(OpenConsole console) : IClassFixture<OpenConsole>
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "Gateway", "Console", "Page");
    private readonly HttpClient _client = console.Client;

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!)];

    [Fact]
    public async Task Page_WithoutAToken_ComesUnderAStrictPolicy()
    {
        using var page = await _client.GetAsync("/console");

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"],
            page.Headers.GetValues("Content-Security-Policy").Single().Split("; "));
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-referrer", page.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("DENY", page.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("same-origin", page.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_OfTheFolder_IsServedAndKeptByItsTag(string file)
    {
        var path = file == "index.html" ? "/console" : $"/console/{file}";

        using var first = await _client.GetAsync(path);
        using var again = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var unchanged = await _client.SendAsync(again);
        using var other = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { IfNoneMatch = { new EntityTagHeaderValue("\"other\"") } } };
        using var changed = await _client.SendAsync(other);
        using var head = await _client.SendAsync(new(HttpMethod.Head, path));

        Assert.Equal(await File.ReadAllBytesAsync(Path.Combine(Folder, file)), await first.Content.ReadAsByteArrayAsync());
        Assert.True(first.Headers.CacheControl!.NoCache && !first.Headers.CacheControl.NoStore);
        Assert.Equal((HttpStatusCode.NotModified, HttpStatusCode.OK, HttpStatusCode.OK), (unchanged.StatusCode, changed.StatusCode, head.StatusCode));
        Assert.Equal((first.Headers.ETag, first.Content.Headers.ContentLength), (head.Headers.ETag, head.Content.Headers.ContentLength));
        Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync());
        Assert.NotEmpty(unchanged.Headers.GetValues("Content-Security-Policy"));
    }

    [Theory]
    [InlineData("/console/index.html", 404)]
    [InlineData("/console/none.js", 404)]
    [InlineData("/console/App.js", 404)]
    [InlineData("/console/..%2f..%2fappsettings.json", 404)]
    [InlineData("/console/../admin/keys", 401)]
    [InlineData("/console/app.js/x", 401)]
    [InlineData("/consoles", 401)]
    [InlineData("/admin/models", 401)]
    [InlineData("/admin/live", 401)]
    public async Task Path_BesideTheFiles_OpensNothing(string path, int status)
    {
        using var answer = await _client.GetAsync(path);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task File_HasNothingInlineAndNoAddressOfElsewhere(string file)
    {
        var text = (await File.ReadAllTextAsync(Path.Combine(Folder, file))).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);

        Assert.DoesNotMatch(ForeignAddress(), text);
        Assert.DoesNotMatch(InlineCode(), text);
        Assert.DoesNotMatch(MarkupFromText(), text);
        Assert.DoesNotContain("localStorage", text, StringComparison.Ordinal);
        Assert.DoesNotContain("console.", text.Replace("console.css", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task References_OfAllFiles_AreFilesOfTheFolder()
    {
        var names = Directory.GetFiles(Folder).Select(f => Path.GetFileName(f)!).ToHashSet();
        var used = new HashSet<string> { "index.html" };
        foreach (var file in names)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(Folder, file));
            foreach (Match reference in Reference().Matches(text)) used.Add(reference.Groups["file"].Value);
        }

        Assert.Equal(names.Order(), used.Order());
    }

    [GeneratedRegex("""https?:|(?<!\.)['"(]//|\burl\(|@import""")]
    private static partial Regex ForeignAddress();

    [GeneratedRegex("""<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=["']|javascript:""")]
    private static partial Regex InlineCode();

    [GeneratedRegex("""innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser|createContextualFragment""")]
    private static partial Regex MarkupFromText();

    [GeneratedRegex("""(?:from '\./|(?:src|href)="/console/)(?<file>[^'"]+)""")]
    private static partial Regex Reference();
}

/// <summary>A gateway without model servers, and a client without a token.</summary>
public sealed class OpenConsole : IAsyncLifetime
{
    private GatewayHost _gateway = null!;

    public HttpClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _gateway = await GatewayHost.StartAsync(replicas: 0);
        Client = _gateway.CreateClient();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _gateway.DisposeAsync();
    }
}

using System.Collections.Frozen;

namespace Gateway.Console;

/// <summary>Serves <c>/console</c>: a page of static files that are part of this assembly. Anyone may load it, as it holds no data: what it shows it gets from
/// the API with the token that its user types.</summary>
internal static class ConsoleExtensions
{
    private const string Page = "index.html";

    // Its own files, its own gateway, and no text that a script makes into markup.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
        "require-trusted-types-for 'script'; trusted-types 'none'";

    public static void MapConsole(this WebApplication app)
    {
        var files = ConsoleFile.All().ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
        app.MapGet("/console", (HttpResponse response) => Serve(files[Page], response)).AllowAnonymous().ExcludeFromDescription();
        app.MapGet("/console/{file}", (string file, HttpResponse response) => file != Page && files.TryGetValue(file, out var found) ? Serve(found, response) : NotFound())
            .AllowAnonymous().ExcludeFromDescription();
    }

    private static IResult Serve(ConsoleFile file, HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XFrameOptions = "DENY";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Kept, and asked for again by its tag each time: after an update nobody runs half of the old page.
        headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }

    private static ApiErrorResult NotFound() => new(new(404, "The console has no such file.") { Code = "not_found" });
}

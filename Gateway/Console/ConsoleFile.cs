using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace Gateway.Console;

/// <summary>A file of the page, as it is in this assembly.</summary>
internal sealed record ConsoleFile(string Name, string ContentType, byte[] Content, EntityTagHeaderValue Tag)
{
    private const string Prefix = "console/";

    public static IEnumerable<ConsoleFile> All()
        => typeof(ConsoleFile).Assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)).Select(n => Read(n, n[Prefix.Length..]));

    private static ConsoleFile Read(string resource, string name)
    {
        using var stream = typeof(ConsoleFile).Assembly.GetManifestResourceStream(resource)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new(name, TypeOf(name), content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\""));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"The console has no type for {other}."),
    };
}

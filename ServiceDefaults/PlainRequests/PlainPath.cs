namespace ServiceDefaults.PlainRequests;

/// <summary>A path without empty segments: <c>//v1//embeddings/</c> is <c>/v1/embeddings</c>. An encoded slash is no separator, and dot segments the server has already resolved.</summary>
internal static class PlainPath
{
    public static bool IsPlain(ReadOnlySpan<char> path) => path.Length <= 1 || (path[^1] != '/' && path.IndexOf("//", StringComparison.Ordinal) < 0);

    public static string Of(string path) => '/' + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}

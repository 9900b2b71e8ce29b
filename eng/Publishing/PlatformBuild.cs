namespace Publishing;

/// <summary>What is built: the version of Directory.Build.props, and what git knows of it.</summary>
/// <param name="Revision">The commit; empty where there is no git.</param>
/// <param name="Source">Where it was cloned from, as an address that a browser opens; empty where there is none.</param>
internal sealed record PlatformBuild(string Version, string Revision, string Source)
{
    public static async Task<PlatformBuild> ReadAsync(string root) => new(
        (await Command.RunAsync(root, "dotnet", "msbuild", Path.Combine("Gateway", "Gateway.csproj"), "-getProperty:Version")).Trim(),
        await GitAsync(root, "rev-parse", "HEAD"),
        Browsable(await GitAsync(root, "remote", "get-url", "origin")));

    /// <summary>A remote may be a path of this machine, or hold a token: of neither is a word told.</summary>
    internal static string Browsable(string remote)
    {
        // git@host:owner/name.git
        if (remote.Split(':', 2) is [var login, var path] && login.Contains('@', StringComparison.Ordinal) && !login.Contains('/', StringComparison.Ordinal))
            remote = $"https://{login.Split('@')[1]}/{path}";
        if (!Uri.TryCreate(remote, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http" or "ssh")) return "";
        var name = address.AbsolutePath.EndsWith(".git", StringComparison.Ordinal) ? address.AbsolutePath[..^4] : address.AbsolutePath;
        return $"https://{address.Host}{name}";
    }

    private static async Task<string> GitAsync(string root, params string[] arguments)
    {
        try
        {
            return (await Command.RunAsync(root, "git", arguments)).Trim();
        }
        catch (Exception e) when (e is CommandException or System.ComponentModel.Win32Exception)
        {
            return "";
        }
    }
}

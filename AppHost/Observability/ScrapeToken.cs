using System.Globalization;
using AppHost.Authentication;
using ServiceDefaults.Authentication;

namespace AppHost.Observability;

/// <summary>The file with which Prometheus asks for metrics: a token that is good for nothing else, readable by this user alone.</summary>
internal static class ScrapeToken
{
    private static readonly TokenRequest Request = DevelopmentToken.Request with { Subject = "prometheus", Scope = "metrics", Lifetime = TimeSpan.FromDays(30) };

    /// <summary>Platforms side by side differ in their gateway's port.</summary>
    public static string DefaultFolder(int gatewayPort) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create),
        "transformer-platform",
        $"observability-{gatewayPort.ToString(CultureInfo.InvariantCulture)}");

    /// <summary>Makes the file, empty: a container's mount needs one to be there, else the engine makes a folder of that name.</summary>
    /// <returns>Its path.</returns>
    public static string Create(string folder)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "token");
        Write(path, "");
        return path;
    }

    public static async Task RenewAsync(string path, TokenTrust tokens, CancellationToken cancellationToken) => Write(path, await tokens.IssueAsync(Request, cancellationToken));

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            // One that is there keeps its mode.
            if (File.Exists(path)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        // Written in place: a mounted file that is replaced stays the old one inside.
        using var file = new StreamWriter(path, options);
        file.Write(text);
    }
}

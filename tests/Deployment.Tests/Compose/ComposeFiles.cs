using Testing;

namespace Deployment.Tests.Compose;

/// <summary>The files of <c>deploy/compose</c>.</summary>
internal static class ComposeFiles
{
    public const string Base = "compose.yaml";

    /// <summary>Files that are combined with <see cref="Base"/>.</summary>
    public static readonly string[] Overrides = ["compose.cuda.yaml", "compose.oidc.yaml", "compose.tls.yaml"];

    public static string Folder { get; } = Path.Combine(RepositoryPaths.Root, "deploy", "compose");

    public static string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public static ComposeFile Read(params string[] overrides) => ComposeFile.Parse([Text(Base), .. overrides.Select(Text)]);

    /// <summary>A text of the repository, by its path.</summary>
    public static string Source(params string[] path) => File.ReadAllText(Path.Combine([RepositoryPaths.Root, .. path]));
}

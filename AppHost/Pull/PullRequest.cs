using System.Text.RegularExpressions;

namespace AppHost.Pull;

/// <summary>What is to be pulled, and where to.</summary>
/// <param name="Repository"><c>ORG/NAME</c> on the hub.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
/// <param name="Variant">Which weights: <c>fp32</c> is <c>model.onnx</c>, any other is <c>model_&lt;variant&gt;.onnx</c>.</param>
/// <param name="Name">The model's name on this platform.</param>
/// <param name="Version">Its version, or null for the next free number.</param>
/// <param name="Models">Full path of the models folder.</param>
internal sealed partial record PullRequest(string Repository, string Revision, string Variant, string Name, string? Version, string Models)
{
    public const string Fp32 = "fp32";
    private const string DefaultRevision = "main";

    /// <exception cref="ArgumentException">An argument is unknown, missing or wrong.</exception>
    public static PullRequest Parse(ReadOnlySpan<string> args)
    {
        string? source = null, variant = null, target = null, models = null;
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--variant": variant = Value(args, ref i); break;
                case "--as": target = Value(args, ref i); break;
                case "--models": models = Value(args, ref i); break;
                case ['-', ..]: throw new ArgumentException($"Unknown option {args[i]}. Options: --variant --as --models.");
                default: source = source is null ? args[i] : throw new ArgumentException("Name one model at a time."); break;
            }
        }

        if (source is null) throw new ArgumentException("Name a model of the hub: ORG/NAME.");
        var (repository, revision) = source.Split('@', 2) is [var before, var behind] ? (before, behind) : (source, DefaultRevision);
        if (!RepositoryPattern().IsMatch(repository)) throw new ArgumentException($"'{repository}' is no model of a hub: write ORG/NAME.");
        if (!RevisionPattern().IsMatch(revision)) throw new ArgumentException($"'{revision}' is no revision: name a branch, a tag or a commit behind the @.");
        if (variant is not null && !NamePattern().IsMatch(variant)) throw new ArgumentException("--variant takes a name such as int8, fp16 or q4.");
        var (name, version) = target?.Split(':', 2) switch
        {
            null => (NameOf(repository), null),
            [var only] => (only, null),
            [var first, var second] => (first, second),
            _ => ("", null),
        };
        if (!NamePattern().IsMatch(name)) throw new ArgumentException("--as takes a name of at most 64 letters, digits, '.', '_' and '-' that begins with a letter or a digit.");
        if (version is not null && !VersionPattern().IsMatch(version)) throw new ArgumentException("--as takes a version that is a number, such as 2 or 1.2.");
        var folder = Path.GetFullPath(models ?? Path.Combine(Projects.AppHost.ProjectPath, "..", "models"));
        if (!Directory.Exists(folder)) throw new ArgumentException($"The models folder '{folder}' does not exist.");
        return new PullRequest(repository, revision, variant ?? Fp32, name, version, folder);
    }

    /// <summary>The last part of a repository's name, with what is not allowed here left out.</summary>
    internal static string NameOf(string repository)
    {
        var name = repository[(repository.LastIndexOf('/') + 1)..].TrimStart('.', '_', '-');
        return name.Length == 0 ? "model" : name[..Math.Min(name.Length, 64)];
    }

    private static string Value(ReadOnlySpan<string> args, ref int i)
        => i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) && args[i + 1].Length > 0 ? args[++i] : throw new ArgumentException($"{args[i]} needs a value.");

    [GeneratedRegex(@"\A(?!\.+(/|\z))[A-Za-z0-9._-]{1,96}(/(?!\.+\z)[A-Za-z0-9._-]{1,96})?\z")]
    private static partial Regex RepositoryPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._/+-]{1,255}\z")]
    private static partial Regex RevisionPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[0-9]{1,18}(\.[0-9]{1,18}){0,3}\z")]
    private static partial Regex VersionPattern();
}

using System.Reflection;
using System.Text.RegularExpressions;
using AppHost.Tests.Doctor;
using AppHost.Tests.Platform;
using AppHost.Tests.Pull;
using Testing;

namespace AppHost.Tests.Docs;

/// <summary>How it is known of each command in the documents that it works.</summary>
internal static class CommandTable
{
    /// <summary>What a block may say that its commands need, so that they cannot run wherever tests do.</summary>
    public static readonly IReadOnlyList<string> Reasons = ["docker", "kubernetes", "azure", "systemd", "gpu", "internet", "quiet machine", "windows", "root", "python", "model"];

    /// <summary>Languages of blocks whose lines are commands.</summary>
    public static readonly IReadOnlyList<string> Shells = ["sh", "bash", "shell", "console", "powershell", "cmd", "bat"];

    private static readonly Entry[] Entries =
    [
        Run(@"curl .*http://localhost:8080(/.*|""?)"),
        Run(@"TOKEN=\$\(\./token.*\)"),
        Run(@"\./token( .*)?"),
        Run(@"\./model (list|load|canary|shadow|activate|rollback|unload)( .*)?"),
        Run(@"\./model check models/\S+( --json)?"),
        Run(@"\./(start|model) --help"),
        TestedBy(@"\./model pull .*", typeof(PullCommandTests), nameof(PullCommandTests.Pull_Repository_IsTheFirstVersionWithTheFilesThatServe)),
        TestedBy(@"\./start( --(replicas|models|gateway-port|device|cache) \S+| --no-dashboard)*", typeof(StartTests), nameof(StartTests.Start_OneModelOfTwo_SaysWhyTheOtherIsNotServed)),
        TestedBy(@"\./start( .*)? --doctor", typeof(DoctorCommandTests), nameof(DoctorCommandTests.Run_ThisMachine_LooksAtEverything)),
        TestedBy(@"dotnet run --project AppHost -- --publisher manifest .*", typeof(ManifestTests), nameof(ManifestTests.Publish_ForALoadBalancer_HasOneScalableModelServerWithOnePort)),
        TestedBy(@"(nswag|kiota) .*", typeof(DotnetToolsTests), nameof(DotnetToolsTests.Clients_OfNSwagAndKiota_CompileAndCall)),
        TestedBy(@"openapi-typescript .*", typeof(NpmToolsTests), nameof(NpmToolsTests.TypeScriptClient_OfTheDocument_CompilesAndCalls)),
        InScript(@"\./publish", "tests/Deployment.Tests/Images/PublishedServices.cs", "Publisher.PublishAsync"),
        InScript(@"dotnet publish (Gateway|ModelServer) -c Release .*", "tests/Deployment.Tests/Images/PublishedServices.cs", "Publisher.PublishAsync"),
        InScript(@"\./test( \S+)?", ".ci/run", "exec ./test"),
        InScript(@"dotnet (build|format) Platform\.sln", "test", "dotnet format $part Platform.sln"),
    ];

    /// <summary>What is wrong with the commands of a block, each with what to do; nothing where all are known to work or marked.</summary>
    public static IEnumerable<string> Faults(MarkdownBlock block)
    {
        if (!Shells.Contains(block.Language)) return [];
        if (block.Needs is { } needs) return needs.Where(reason => !Reasons.Contains(reason)).Select(reason => $"{block.Where}: '{reason}' is no reason of the list: {string.Join(", ", Reasons)}.");
        return ShellCommands.Of(block.Text).Where(command => Find(command) is null).Select(command =>
            $"{block.Where}: nothing runs `{command}`. Add an entry to tests/AppHost.Tests/Docs/CommandTable.cs that says which test does, or, where it needs what test machines do not have, "
            + $"a line <!-- needs: REASON --> before the block, with REASON (or several, with commas) of: {string.Join(", ", Reasons)}.");
    }

    /// <returns>The block's commands that are to be run here.</returns>
    public static IEnumerable<string> Runnable(MarkdownBlock block)
        => Shells.Contains(block.Language) && block.Needs is null ? ShellCommands.Of(block.Text).Where(command => Find(command) is { IsRunHere: true }) : [];

    /// <summary>Entries whose proof is gone: there is no such test, or no such line of a script.</summary>
    public static IEnumerable<string> Unproven() => Entries.Where(entry => !entry.Proof()).Select(entry => entry.Pattern.ToString());

    private static Entry? Find(string command) => Array.Find(Entries, entry => entry.Matches(command));

    private static Entry Run(string pattern) => new(Anchored(pattern), IsRunHere: true, () => true);

    private static Entry TestedBy(string pattern, Type test, string method)
        => new(Anchored(pattern), IsRunHere: false, () => test.GetMethod(method)?.GetCustomAttributes<FactAttribute>().Any() == true);

    private static Entry InScript(string pattern, string script, string line)
        => new(Anchored(pattern), IsRunHere: false, () => File.ReadAllText(Path.Combine(RepositoryPaths.Root, script)).Contains(line, StringComparison.Ordinal));

    private static Regex Anchored(string pattern) => new($@"\A({pattern})\z", RegexOptions.Singleline | RegexOptions.CultureInvariant);

    /// <param name="Pattern">All of a command.</param>
    /// <param name="IsRunHere">Whether <see cref="DocumentedCommandsTests"/> runs it.</param>
    /// <param name="Proof">Whether what runs it otherwise is there.</param>
    private sealed record Entry(Regex Pattern, bool IsRunHere, Func<bool> Proof)
    {
        public bool Matches(string command) => Pattern.IsMatch(command);
    }
}

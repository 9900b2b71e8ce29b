using System.Text.Json;
using Testing;

namespace AppHost.Tests.Clients;

/// <summary>The scripts beside this file and the npm packages that they drive.</summary>
internal static class NpmClients
{
    private static readonly string Folder = NpmPackages.Folder("AppHost.Tests/Clients");

    /// <summary>What this machine lacks to run them, or null.</summary>
    public static string? Missing() => NpmPackages.Missing("AppHost.Tests/Clients");

    /// <summary>Runs all cases of a script.</summary>
    /// <param name="command">The script's name without <c>.mjs</c>, and what it is told.</param>
    /// <returns>What became of each: <c>ok</c>, or what went wrong.</returns>
    public static async Task<Dictionary<string, string>> RunAsync(string command, IReadOnlyDictionary<string, string> environment)
    {
        var words = command.Split(' ');
        var (_, output, errors) = await ChildCommand.RunAsync("node", [$"{words[0]}.mjs", .. words[1..]], "", environment, Folder);
        var last = output[(output.LastIndexOf('\n') + 1)..];
        return last.StartsWith('{') ? JsonSerializer.Deserialize<Dictionary<string, string>>(last)! : throw new InvalidOperationException($"{command}: {errors}");
    }

    /// <summary>Runs a module that imports the packages.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunModuleAsync(string module, IReadOnlyDictionary<string, string> environment)
        => ChildCommand.RunAsync("node", ["--input-type=module"], module, environment, Folder);
}

/// <summary>A test with npm clients; skipped by name where the machine lacks node or the packages.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmClientsFactAttribute : FactAttribute
{
    public NpmClientsFactAttribute() => Skip = NpmClients.Missing();
}

/// <inheritdoc cref="NpmClientsFactAttribute"/>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmClientsTheoryAttribute : TheoryAttribute
{
    public NpmClientsTheoryAttribute() => Skip = NpmClients.Missing();
}

namespace AppHost.Tests.Platform;

/// <summary>A running program of this machine.</summary>
/// <param name="Name">That of the assembly which <c>dotnet</c> runs, else as the kernel knows it.</param>
internal sealed record RunningProgram(int Id, string Name, string CommandLine);

/// <summary>The processes that began with one, found by a variable that they inherit: the orchestrator leaves its parent, so parents alone do not lead there.</summary>
/// <param name="root">Belongs to them even before it has an environment.</param>
/// <param name="variable">As <c>NAME=value</c>, of nobody else.</param>
internal sealed class ProcessTree(int root, string variable)
{
    /// <summary>All that live, zombies aside.</summary>
    public RunningProgram[] Find()
    {
        if (!OperatingSystem.IsLinux()) return [];
        var all = Directory.GetDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out _)).Select(Read).OfType<(RunningProgram Program, int Parent, bool Inherits)>().ToDictionary(read => read.Program.Id);
        return [.. all.Values.Where(IsOurs).Select(read => read.Program)];

        // Redis writes its title over its environment: it is known by its parent.
        bool IsOurs((RunningProgram Program, int Parent, bool Inherits) process)
            => process.Inherits || process.Program.Id == root || (all.TryGetValue(process.Parent, out var parent) && IsOurs(parent));
    }

    /// <summary>The cache, whichever of the two it is.</summary>
    public RunningProgram FindCache() => Assert.Single(Find(), program => program.Name == "redis-server" || program.CommandLine.TrimEnd().EndsWith(" garnet", StringComparison.Ordinal));

    public RunningProgram[] Find(string name) => [.. Find().Where(program => program.Name == name)];

    private (RunningProgram Program, int Parent, bool Inherits)? Read(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            if (stat[close + 2] == 'Z') return null;
            var environment = File.ReadAllText(Path.Combine(folder, "environ"));
            var arguments = File.ReadAllText(Path.Combine(folder, "cmdline")).Split('\0');
            var name = arguments is ["dotnet", var assembly, ..] && assembly.EndsWith(".dll", StringComparison.Ordinal) ? Path.GetFileNameWithoutExtension(assembly) : stat[(open + 1)..close];
            var program = new RunningProgram(int.Parse(stat[..open]), name, string.Join(' ', arguments));
            return (program, int.Parse(stat[(close + 1)..].Split(' ')[2]), environment.Split('\0').Contains(variable));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
